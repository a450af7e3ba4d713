import type { Artwork } from "./core/wire.js";

/** A server in memory, for the tests of pages that use the client: `createClient({ fetch: server.fetch, storage: null })`. */
export interface FakeServer {
  fetch: typeof globalThis.fetch;
  /** Ids of the artworks whose impressions have arrived, in their order. */
  readonly recorded: readonly number[];
  /** Ids that were served and given back. */
  readonly givenBack: readonly number[];
  /** Number of artworks served. */
  readonly served: number;
  /** Whether requests fail as without a network. */
  isDown: boolean;
  /** Has the next answer say that these artworks were withdrawn. */
  withdraw(artworkIds: number[]): void;
}

/** @param describe What the artwork of an id has besides the defaults, such as its picture. */
export function createFakeServer(describe: (id: number) => Partial<Artwork> = () => ({})): FakeServer {
  const arrived = new Map<string, Map<number, number>>();
  const answers = new Map<string, Artwork[]>();
  const givenBack: number[] = [];
  let kept: number[] = [];
  let withdrawn: number[] = [];
  let served = 0;
  let sessions = 0;

  const make = (): Artwork => {
    const id = ++served;
    return {
      id,
      imageUrl: `/art/${id}.png`,
      genome: null,
      mood: { valence: 0.5, energy: 0.5 },
      createdAt: "2026-01-01T00:00:00Z",
      generator: "neural",
      ...describe(id),
    };
  };

  const fresh = (query: URLSearchParams) => {
    const requestId = query.get("requestId") ?? "";
    const artworks = answers.get(requestId) ?? Array.from({ length: Number(query.get("count") ?? 10) }, make);
    answers.set(requestId, artworks);
    return { artworks };
  };

  const record = (sessionId: string, first: number, artworkIds: number[]) => {
    const known = arrived.get(sessionId) ?? new Map<number, number>();
    arrived.set(sessionId, known);
    const before = known.size;
    artworkIds.forEach((id, i) => void known.set(first + i, id));
    let highWater = 0;
    while (known.has(highWater + 1)) highWater++;
    const recorded = known.size - before;
    return { recorded, duplicates: artworkIds.length - recorded, repeats: 0, unknown: [], highWater };
  };

  // biome-ignore lint/suspicious/noExplicitAny: bodies are the client's
  const answer = (method: string, { pathname, searchParams }: URL, body: any): object | undefined => {
    if (pathname.endsWith("/sign-in/guest")) return { listenerId: "guest", listenerToken: "token" };
    if (pathname.endsWith("/sessions"))
      return { sessionId: `session-${++sessions}`, batchLimit: 200, delivery: "batch", token: "token" };
    if (pathname.endsWith("/fresh")) return fresh(searchParams);
    if (pathname.endsWith("/batch-impressions"))
      return record(body.sessionId, body.firstNumber, body.artworkIds);
    if (pathname.endsWith("/kept") || pathname.endsWith("/me/artworks"))
      return { artworks: kept.map((id) => ({ ...make(), id, kept: true })), next: null };
    if (pathname.endsWith("/end")) givenBack.push(...(body?.unshown ?? []));
    const [, id] = /(\d+)\/keep$/.exec(pathname) ?? [];
    if (id) kept = method === "PUT" ? [Number(id), ...kept] : kept.filter((one) => one !== Number(id));
    return undefined;
  };

  const server: FakeServer = {
    isDown: false,
    givenBack,
    get served() {
      return served;
    },
    get recorded() {
      return [...arrived.values()].flatMap((numbers) => [...numbers.values()]);
    },
    withdraw: (artworkIds) => void withdrawn.push(...artworkIds),
    fetch(input, init) {
      if (server.isDown) return Promise.reject(new TypeError("Failed to fetch"));
      const url = new URL(String(input), "http://page.example");
      const said = answer(init?.method ?? "GET", url, init?.body && JSON.parse(String(init.body)));
      const body = said && withdrawn.length ? { ...said, withdrawn } : said;
      withdrawn = [];
      const headers = { "content-type": "application/json" };
      return Promise.resolve(
        body ? new Response(JSON.stringify(body), { headers }) : new Response(null, { status: 204 }),
      );
    },
  };
  return server;
}
