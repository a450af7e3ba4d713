import { type Answer, answerMaxMs, type Call } from "../core/call.js";
import { insist, type Try } from "../core/insist.js";
import type { Outbox } from "../core/outbox.js";
import type { PageOptions } from "../core/own.js";
import type { Person } from "../core/person.js";
import type { Sending } from "../core/sending.js";
import type { Session } from "../core/session.js";
import type { Settings } from "../core/settings.js";
import type { Artwork, OwnArtworks } from "../core/wire.js";

/** What a listener can ask of what is theirs. Each but `end` rejects with ArtFreshError after about 30 s of trying. */
export interface Own {
  artwork(artworkId: number): Promise<Artwork>;
  keep(artworkId: number): Promise<void>;
  unkeep(artworkId: number): Promise<void>;
  kept(page?: PageOptions): Promise<OwnArtworks>;
  history(page?: PageOptions): Promise<OwnArtworks>;
  export(): Promise<Blob>;
  erase(): Promise<number>;
  forget(): Promise<void>;
  /** Sends all unsent impressions and ends the session. Never rejects. */
  end(unshown: number[]): Promise<void>;
}

export interface OwnParts {
  settings: Settings;
  call: Call;
  session: Session;
  sending: Sending;
  outbox: Outbox;
  person(): Promise<Person>;
}

export function createOwn({ settings, call, session, sending, outbox, person }: OwnParts): Own {
  /** Signs in, and asks until there is a value. */
  const ask = async <T>(
    request: Parameters<Call>,
    read: (answer: Answer) => T | undefined | Promise<T | undefined>,
  ): Promise<T> => {
    const { listenerId } = await session.ready();
    return insist(settings, async (): Promise<Try<T>> => {
      // A retry must not be another listener's.
      if (session.listenerId() !== listenerId) return { status: 409, code: "listener_changed" };
      const answer = await call(...request);
      return { ...answer, done: await read(answer) };
    });
  };

  const located = <One extends Artwork>(artwork: One): One => ({
    ...artwork,
    imageUrl: settings.baseUrl + artwork.imageUrl,
  });

  const isDone = ({ status }: Answer) => status === 204 || undefined;

  const keep = (method: "PUT" | "DELETE") => async (artworkId: number) => {
    await ask([`/api/artworks/${artworkId}/keep`, undefined, false, method], isDone);
  };

  const list =
    (name: "artworks" | "kept") =>
    ({ before, limit }: PageOptions = {}) => {
      const query = new URLSearchParams();
      if (before) query.set("before", before);
      if (limit) query.set("limit", `${limit}`);
      return ask([`/api/listeners/me/${name}?${query}`], ({ status, body }) => {
        if (status !== 200) return undefined;
        const { artworks, next } = body as OwnArtworks;
        return { artworks: artworks.map(located), next };
      });
    };

  /** Sends what is left of a session that nobody is signed in for any more: its token suffices. */
  const deliverRest = async (isSingle: boolean) => {
    sending.seal("manual");
    for (const batch of outbox.in("sealed")) {
      if (!batch.token || !sending.mayLeave(batch)) continue;
      batch.probe = false;
      sending.attempt(batch, batch.impressions.length - batch.answered);
      let isTaken = true;
      for (const [path, body] of sending.requests(batch, "fetch", isSingle))
        isTaken = isTaken && sending.isTaken(batch, await call(path, body));
      if (isTaken) sending.acknowledge(batch, "fetch");
    }
  };

  return {
    artwork: (artworkId) =>
      ask([`/api/artworks/${artworkId}`], ({ status, body }) =>
        status === 200 ? located(body as Artwork) : undefined,
      ),
    keep: keep("PUT"),
    unkeep: keep("DELETE"),
    kept: list("kept"),
    history: list("artworks"),
    export: () =>
      ask(["/api/listeners/me/export"], ({ status, body }) =>
        status === 200 ? wholeOf(body as Response).catch(() => undefined) : undefined,
      ),

    async erase() {
      const erase: Parameters<Call> = ["/api/listeners/me", undefined, false, "DELETE"];
      const erasure = await ask(erase, ({ body }) => (body as { erasure?: number } | undefined)?.erasure);
      await (await person()).forget(session.listenerId());
      return erasure;
    },

    async forget() {
      const open = session.current() ?? (await session.ready());
      const { forget } = await person();
      await sending.flush("manual");
      await insist(settings, async () => {
        const answer = await call("/api/sign-out", {});
        return { ...answer, done: isDone(answer) };
      });
      const forgotten = forget(open.listenerId, () => deliverRest(sending.isSingle(open)));
      // A page that asks for art as soon as it is told would have a new guest's cookie, and may be about to close the client.
      const isTold = forgotten.catch(() => {}).then(() => new Promise((resolve) => setTimeout(resolve)));
      session.hold(isTold);
      await forgotten;
    },

    async end(unshown) {
      await sending.flush("manual");
      const open = session.current();
      if (!open) return;
      const body = { unshown, lastNumber: outbox.numbered(), token: open.token };
      session.leave(open.sessionId);
      outbox.begin();
      await insist(settings, async () => {
        const answer = await call(`/api/sessions/${open.sessionId}/end`, body);
        return { ...answer, done: isDone(answer) };
      }).catch((error) => settings.log("[Session] not ended", { error }));
    },
  };
}

/** Reads a body however long it takes, as long as something arrives in each time limit of a request. */
function wholeOf({ body }: Response): Promise<Blob> {
  let waiting: ReturnType<typeof setTimeout>;
  const wait = (lines: TransformStreamDefaultController) => {
    waiting = setTimeout(() => lines.error(), answerMaxMs);
  };
  const patient = new TransformStream({
    start: wait,
    transform(chunk, lines) {
      clearTimeout(waiting);
      lines.enqueue(chunk);
      wait(lines);
    },
    flush: () => clearTimeout(waiting),
  });
  return new Response(body?.pipeThrough(patient)).blob();
}
