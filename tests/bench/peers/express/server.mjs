// Impressions and fresh art as many would write them: Express 5, node-postgres, a row an impression, a process a core.
//   node server.mjs PORT CONNECTION-STRING
import cluster from "node:cluster";
import { randomBytes } from "node:crypto";
import { availableParallelism } from "node:os";
import cookieSession from "cookie-session";
import express from "express";
import pg from "pg";

const [port, connectionString] = process.argv.slice(2);

const record = `
  with recorded as (
    insert into impression (listener_id, artwork_id, session_id, number)
    select $1, artwork_id, $2, $3 + n - 1 from unnest($4::bigint[]) with ordinality as a (artwork_id, n)
    on conflict do nothing returning artwork_id
  ), viewed as (
    update artwork set viewed_at = now() from recorded where artwork.artwork_id = recorded.artwork_id and viewed_at is null
  )
  select count(*)::int as recorded from recorded`;

const fresh = `
  select artwork_id as id, image_url as "imageUrl", genome, valence, energy, created_at as "createdAt", generator, title, author
  from artwork a
  where not exists (select 1 from impression i where i.listener_id = $1 and i.artwork_id = a.artwork_id)
  order by artwork_id limit $2`;

function serve() {
  const pool = new pg.Pool({ connectionString, max: 16 });
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use(cookieSession({ name: "session", keys: [process.env.SESSION_KEY], maxAge: 14 * 24 * 3_600_000 }));
  app.use(express.json({ limit: "64kb" }));
  app.post("/api/sign-in/guest", (request, response) => {
    request.session.listener = Number(request.query.listener);
    response.json({ listenerId: request.query.listener });
  });
  app.use("/api/artworks", (request, response, next) => (request.session.listener === undefined ? response.sendStatus(401) : next()));

  const save = async (request, response, artworkIds, firstNumber) => {
    const { rows } = await pool.query({
      name: "record",
      text: record,
      values: [request.session.listener, request.body.sessionId, firstNumber, artworkIds],
    });
    const { recorded } = rows[0];
    response.json({ recorded, duplicates: artworkIds.length - recorded });
  };

  app.post("/api/artworks/batch-impressions", (request, response) => {
    const { artworkIds, firstNumber } = request.body;
    if (!Array.isArray(artworkIds) || artworkIds.length > 200 || !artworkIds.every(Number.isSafeInteger)) {
      response.status(400).json({ title: "artworkIds must be up to 200 integers" });
      return undefined;
    }
    return save(request, response, artworkIds, firstNumber);
  });
  app.post("/api/artworks/:id/impression", (request, response) =>
    save(request, response, [Number(request.params.id)], request.body.number),
  );
  app.get("/api/artworks/fresh", async (request, response) => {
    const count = Math.min(50, Number(request.query.count ?? 10));
    const { rows } = await pool.query({ name: "fresh", text: fresh, values: [request.session.listener, count] });
    response.json({ artworks: rows.map(({ valence, energy, ...artwork }) => ({ ...artwork, mood: { valence, energy } })) });
  });
  app.get("/healthz/ready", (_, response) => response.send("ready"));
  app.listen(Number(port), "127.0.0.1");
}

pg.types.setTypeParser(20, Number);
if (cluster.isPrimary) {
  const key = randomBytes(32).toString("base64");
  for (let core = 0; core < availableParallelism(); core++) cluster.fork({ SESSION_KEY: key });
} else {
  serve();
}
