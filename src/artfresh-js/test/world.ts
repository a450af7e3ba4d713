import { vi } from "vitest";
import { createClient, type Load } from "../src/client.js";
import * as keep from "../src/durable/keep.js";
import type { Client, ClientOptions } from "../src/index.js";
import { channels, Locks, MemoryStorage } from "./browserParts.js";

export { Locks, MemoryStorage };

/** A request as the server saw it. */
export interface Seen {
  method: string;
  path: string;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are what the tests look into
  body: any;
  type: string | undefined;
  via: "fetch" | "beacon" | "keepalive";
  credentials?: RequestCredentials | undefined;
  bearer?: string | undefined;
}

/** What a fault does to one request: answers in the server's place, loses the answer after the work, or leaves it to the server. */
export type Fault = (seen: Seen) => Response | "lost" | "unreachable" | "hangs" | undefined;

interface SessionRecord {
  listenerId: string;
  arrived: Map<number, number>;
}

const json = (status: number, body: object, headers?: Record<string, string>): Response =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });

/** An answer of problem+json. */
export const problem = (status: number, code: string, headers?: Record<string, string>): Response =>
  json(status, { code, title: code }, headers);

/** The wire format of the real server, in memory. */
export class Server {
  readonly requests: Seen[] = [];
  readonly sessions = new Map<string, SessionRecord>();
  readonly answers = new Map<string, number[]>();
  readonly unshown: number[] = [];
  /** Of what clients made, in the order of its arrival. */
  readonly genomes: string[] = [];
  /** What the listener keeps, the last kept first. */
  kept: number[] = [];
  listenerId = "guest-1";
  delivery: "batch" | "single" = "batch";
  batchLimit: number | undefined = 200;
  issuesTokens = true;
  /** Of the ledger; undefined for a server without epochs. */
  epoch: number | undefined;
  /** Artworks in the order of their withdrawals; undefined for a server that is not asked. */
  withdrawn: number[] | undefined;
  /** Whether guests have a listener token. */
  issuesListenerTokens = false;
  /** Account by guest. */
  readonly joined = new Map<string, string>();
  readonly erased = new Set<string>();
  readonly refusedTokens = new Set<string>();
  private guests = 1;
  fault: Fault | undefined;
  private nextArtwork = 1;

  readonly fetch = (async (input, init) => {
    const url = new URL(String(input), "http://page");
    const headers = init?.headers as Record<string, string> | undefined;
    const text = init?.body as string | undefined;
    return this.receive(
      {
        method: init?.method ?? "GET",
        path: url.pathname + url.search,
        body: text && JSON.parse(text),
        type: headers?.["content-type"],
        via: headers?.["content-type"] === "text/plain" ? "keepalive" : "fetch",
        credentials: init?.credentials,
        bearer: headers?.authorization?.slice("Bearer ".length),
      },
      init?.signal ?? undefined,
    );
  }) as typeof fetch;

  /** The batches that arrived, in order. */
  get batches(): Seen[] {
    return this.requests.filter(({ path }) => path === "/api/artworks/batch-impressions");
  }

  /** Everything recorded in all sessions. */
  get recorded(): number[] {
    return [...this.sessions.values()].flatMap(({ arrived }) => [...arrived.values()]);
  }

  async receive(seen: Seen, signal?: AbortSignal): Promise<Response> {
    this.requests.push(seen);
    const fault = this.fault?.(seen);
    if (fault instanceof Response) return fault;
    if (fault === "unreachable") throw new TypeError("Failed to fetch");
    if (fault === "hangs")
      return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    const answer = this.answer(seen);
    if (fault === "lost") throw new TypeError("Failed to fetch");
    return answer;
  }

  /** From now on requests wait, and are passed to `waiting`, until the returned function is called. */
  hold(waiting: (isUnderWay: boolean) => void = () => {}): () => void {
    let release = () => {};
    const gate = new Promise<void>((open) => {
      release = open;
    });
    const receive = this.receive.bind(this);
    this.receive = async (...args) => {
      waiting(true);
      await gate;
      waiting(false);
      return receive(...args);
    };
    return release;
  }

  /** Who sends: by bearer token, or by the cookie, which is the guest's. */
  private who({ bearer, credentials }: Seen): string | undefined {
    if (bearer && this.refusedTokens.has(bearer)) return undefined;
    const listenerId = bearer
      ? bearer.startsWith("aflt_")
        ? bearer.slice(5)
        : `sub-${JSON.parse(atob(bearer.split(".")[1] as string)).sub}`
      : credentials === "omit"
        ? undefined
        : this.listenerId;
    return listenerId && this.erased.has(listenerId) ? undefined : listenerId;
  }

  private signIn(seen: Seen): Response {
    const isCookie = !seen.bearer && seen.credentials !== "omit";
    const listenerId = this.who(seen) ?? (seen.bearer ? undefined : `guest-${++this.guests}`);
    if (!listenerId) return problem(401, "not_signed_in");
    if (isCookie) this.listenerId = listenerId;
    const isGuest = this.issuesListenerTokens && listenerId.startsWith("guest");
    return json(200, { listenerId, ...(isGuest && { listenerToken: `aflt_${listenerId}` }) });
  }

  private join(seen: Seen): Response {
    const account = this.who(seen);
    const guest: string | undefined = seen.body.guest?.slice(5) ?? this.listenerId;
    if (!account) return problem(401, "not_signed_in");
    if (!guest) return problem(400, "invalid_request");
    const joined = this.joined.get(guest) ?? account;
    this.joined.set(guest, joined);
    return joined === account
      ? json(200, { listenerId: account, joined: guest })
      : problem(409, "guest_taken");
  }

  private answer(seen: Seen): Response {
    const { method, path, body } = seen;
    const listenerId = this.who(seen) ?? "";
    if (path === "/api/sign-in/guest") return this.signIn(seen);
    if (path === "/api/sign-out") {
      this.listenerId = `guest-${++this.guests}`;
      return new Response(null, { status: 204 });
    }
    if (path === "/api/listeners/join") return this.join(seen);
    if (path === "/api/listeners/me") {
      this.erased.add(listenerId);
      return json(202, { erasure: 1 });
    }
    if (path === "/api/sessions") {
      if (!listenerId) return problem(401, "not_signed_in");
      if (this.joined.has(listenerId)) return problem(409, "joined");
      const sessionId = `00000000-0000-4000-8000-${String(this.sessions.size + 1).padStart(12, "0")}`;
      this.sessions.set(sessionId, { listenerId, arrived: new Map() });
      const { batchLimit, delivery } = this;
      const token = this.issuesTokens ? `token-${sessionId.slice(-1)}` : undefined;
      const genomeSeeds = { from: (this.sessions.size * 0x4000).toString(16).padStart(16, "0"), count: 10 };
      const { epoch } = this;
      const lastWithdrawal = this.withdrawn?.length;
      return json(201, { sessionId, batchLimit, delivery, token, genomeSeeds, epoch, lastWithdrawal });
    }
    if (path.startsWith("/api/withdrawals") && this.withdrawn) {
      const since = Number(path.split("since=")[1]);
      const told = this.withdrawn.slice(since, since + 2);
      return json(200, { last: since + told.length, ...(told.length && { withdrawn: told }) });
    }
    if (seen.bearer && !listenerId) return problem(401, "not_signed_in");
    if (path === "/api/listeners/me/shown") return json(200, { added: 0, unknown: [] });
    if (path.startsWith("/api/artworks/fresh"))
      return this.fresh(new URLSearchParams(path.split("?")[1]), listenerId);
    const ids = (sent: number[]) => sent.map((id, i) => this.idOf(id, body.genomes?.[i]));
    const [, single] = /^\/api\/artworks\/(-?\d+)\/impression$/.exec(path) ?? [];
    if (single)
      return this.record(listenerId, body.sessionId, body.token, body.number, ids([Number(single)]));
    if (path === "/api/artworks/batch-impressions")
      return this.record(
        listenerId,
        body.sessionId,
        body.token,
        body.firstNumber,
        ids(body.artworkIds),
        body.earlier,
      );
    const [, keep] = /^\/api\/artworks\/(\d+)\/keep$/.exec(path) ?? [];
    if (keep) {
      if (method === "PUT") this.kept.unshift(Number(keep));
      else this.kept = this.kept.filter((id) => id !== Number(keep));
      return new Response(null, { status: 204 });
    }
    if (path.startsWith("/api/listeners/me/kept"))
      return json(200, {
        artworks: this.kept.map((id) => ({ id, imageUrl: `/art/${id}.png`, kept: true })),
        next: null,
      });
    if (path.startsWith("/api/listeners/me/artworks")) {
      const before = Number(new URLSearchParams(path.split("?")[1]).get("before") ?? this.nextArtwork);
      return json(200, {
        artworks: [{ id: before - 1, imageUrl: `/art/${before - 1}.png` }],
        next: before > 2 ? `${before - 1}` : null,
      });
    }
    if (path.endsWith("/end")) {
      this.unshown.push(...body.unshown);
      return new Response(null, { status: 204 });
    }
    return problem(404, "not_found");
  }

  /** What a client made gets an id from 1,000,000 on, the same genome the same. */
  private idOf(id: number, genome: string | null | undefined): number {
    if (id < 0 !== Boolean(genome))
      throw new Error(`A negative id and a genome go together: ${id}, ${genome}`);
    if (!genome) return id;
    if (!this.genomes.includes(genome)) this.genomes.push(genome);
    return 1_000_000 + this.genomes.indexOf(genome);
  }

  private fresh(query: URLSearchParams, listenerId: string): Response {
    if (this.joined.has(listenerId)) return problem(409, "joined");
    const session = this.sessions.get(query.get("sessionId") ?? "");
    if (session?.listenerId !== listenerId) return problem(404, "session_not_found");
    const requestId = query.get("requestId") ?? "";
    const ids =
      this.answers.get(requestId) ??
      Array.from({ length: Number(query.get("count") ?? 10) }, () => this.nextArtwork++);
    this.answers.set(requestId, ids);
    const artworks = ids.map((id) => ({
      id,
      imageUrl: `/art/${id}.png`,
      genome: null,
      mood: { valence: 0.5, energy: 0.5 },
      createdAt: "2026-01-01T00:00:00Z",
      generator: "neural",
    }));
    return json(200, { artworks });
  }

  private record(
    listenerId: string,
    sessionId: string,
    token: string | undefined,
    first: number,
    ids: number[],
    asked?: string[],
  ): Response {
    const session = this.sessions.get(sessionId);
    const isAllowed =
      session && (token ? sessionId.endsWith(token.slice(6)) : session.listenerId === listenerId);
    if (session && this.erased.has(session.listenerId)) return problem(410, "listener_erased");
    if (!isAllowed) return problem(404, "session_not_found");
    let recorded = 0;
    let repeats = 0;
    ids.forEach((id, i) => {
      const known = [...session.arrived.values()].includes(id);
      if (!known) recorded++;
      else if (!session.arrived.has(first + i)) repeats++;
      session.arrived.set(first + i, id);
    });
    const earlier = asked?.flatMap((one) =>
      [...this.sessions].flatMap(([id, { arrived }]) =>
        id.endsWith(one.slice(6)) ? { sessionId: id, highWater: highWaterOf(arrived) } : [],
      ),
    );
    return json(200, {
      recorded,
      duplicates: ids.length - recorded - repeats,
      repeats,
      unknown: [],
      highWater: highWaterOf(session.arrived),
      earlier,
    });
  }
}

function highWaterOf(arrived: Map<number, number>): number {
  let highWater = 0;
  while (arrived.has(highWater + 1)) highWater++;
  return highWater;
}

/** A browser in which pages open and close, and the server that they talk to. */
export class World {
  readonly server = new Server();
  readonly storage = new MemoryStorage();
  readonly logs: { line: string; detail: object | undefined }[] = [];
  /** What the browser does with a beacon: true hands it on. */
  takesBeacons = true;
  readonly document = Object.assign(new EventTarget(), { hidden: false });
  private readonly window = new EventTarget();
  private readonly pages: Client[] = [];

  constructor() {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
    vi.stubGlobal("navigator", { locks: new Locks(), sendBeacon: this.sendBeacon });
    vi.stubGlobal("BroadcastChannel", channels());
    vi.stubGlobal("document", this.document);
    vi.stubGlobal("window", this.window);
  }

  /** The machine sleeps: the clock goes on, timers do not. */
  sleep(ms: number): void {
    vi.setSystemTime(Date.now() + ms);
  }

  /** The network is back, says the browser. */
  comeOnline(): void {
    this.window.dispatchEvent(new Event("online"));
  }

  /** Opens a page with a client in it. */
  open(options: ClientOptions = {}, load: Load = async () => keep): Client {
    const client = createClient(
      {
        fetch: this.server.fetch,
        storage: this.storage,
        random: () => 0.5,
        log: (line, detail) => this.logs.push({ line, detail }),
        ...options,
      },
      load,
    );
    this.pages.push(client);
    return client;
  }

  lines(start: string): string[] {
    return this.logs.map(({ line }) => line).filter((line) => line.startsWith(start));
  }

  /** All pages go to the background, or come back to the front. */
  setHidden(hidden: boolean): void {
    this.document.hidden = hidden;
    this.document.dispatchEvent(new Event("visibilitychange"));
  }

  /** All pages are left: closed, or put into the back/forward cache. */
  leave(persisted = false): void {
    this.window.dispatchEvent(Object.assign(new Event("pagehide"), { persisted }));
  }

  /** All pages are frozen, or thawed. */
  setFrozen(frozen: boolean): void {
    this.document.dispatchEvent(new Event(frozen ? "freeze" : "resume"));
  }

  /** All pages come out of the back/forward cache. */
  comeBack(): void {
    this.window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  }

  close(): void {
    for (const page of this.pages) page.close();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  }

  private readonly sendBeacon = (url: string, blob: Blob): boolean => {
    if (!this.takesBeacons) return false;
    const path = new URL(url, "http://page").pathname;
    void blob
      .text()
      .then((text) =>
        this.server.receive({ method: "POST", path, body: JSON.parse(text), type: blob.type, via: "beacon" }),
      )
      .catch(() => {});
    return true;
  };
}

/** Records artworks `first` to `last`. */
export function show(client: Client, first: number, last: number): void {
  for (let id = first; id <= last; id++) client.impression(id);
}

/** Lets everything happen that waits for no timer further than `ms` ahead. */
export const pass = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

/** Longer than a page waits before it sends what another may have sent with its last breath. */
export const grace = 11_000;

export const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);
