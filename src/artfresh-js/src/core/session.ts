import type { Answer, Call } from "./call.js";
import { insist, type Try } from "./insist.js";
import type { Person } from "./person.js";
import type { Settings } from "./settings.js";
import { whenActive } from "./whenActive.js";
import { batchArtworksMax, type SessionInfo } from "./wire.js";

/** The session of this client: opened on first use, and again after `leave`. */
export interface Session {
  /**
   * Resolves to the open session, and opens one if needed, or if somebody has signed in or out. Rejects with ArtFreshError; the next call
   * tries again.
   */
  ready(): Promise<SessionInfo>;
  /** The open session; undefined if there is none. */
  current(): SessionInfo | undefined;
  /** Whose art this page shows: the listener of the last session, until another one's begins. */
  listenerId(): string | undefined;
  /**
   * Gives up the session with this id, by default the open one, unless another has been opened. The next `ready` signs in and opens another.
   */
  leave(sessionId?: string): void;
  /** Gives up the session and its listener: nothing of theirs is for whoever comes next. */
  part(): Promise<void>;
  /** Opens no session until then, and none if the client is closed by then. */
  hold(until: Promise<unknown>): void;
}

/** How long a tab waits for another's sign-in. */
const lockMaxMs = 10_000;

export interface SessionParts {
  settings: Settings;
  call: Call;
  /** Loads what a cookie does not suffice for. */
  person(): Promise<Person>;
  /** Called with each opened session, before `ready` resolves. */
  opened(session: SessionInfo): void;
  isClosed(): boolean;
}

export function createSession({ settings, call, person, opened, isClosed }: SessionParts): Session {
  let opening: Promise<SessionInfo> | undefined;
  let current: SessionInfo | undefined;
  let last: SessionInfo | undefined;
  let held: Promise<unknown> | undefined;
  const { getToken, consent, baseUrl } = settings;
  /** Whether a guest's cookie suffices. */
  let isOfCookie = !getToken && consent === "full" && !baseUrl;

  /** Signs in under a lock: tabs that sign in for the first time at once must become the same guest. */
  const signIn = async () => (isOfCookie ? call("/api/sign-in/guest", {}) : (await person()).signIn());
  const signInAlone = (): Promise<Answer> => {
    // A tab that the system froze while it signed in would keep all others waiting.
    const tired = new AbortController();
    const timer = setTimeout(() => tired.abort(), lockMaxMs);
    const { locks } = globalThis.navigator ?? {};
    const signedIn =
      locks?.request("artfresh:sign-in", { signal: tired.signal }, signIn).catch(signIn) ?? signIn();
    // A pending timer keeps a program of Node from ending.
    return signedIn.finally(() => clearTimeout(timer));
  };

  const failed = async (answer: Answer): Promise<Try<SessionInfo>> => {
    if (![401, 409].includes(answer.status)) return answer;
    isOfCookie = false;
    return (await person()).refused(answer);
  };

  const open = async (): Promise<Try<SessionInfo>> => {
    // A prerendered page may never be seen, and must not spend art.
    await whenActive();
    await held;
    if (isClosed()) return { status: 400, code: "client_closed" };
    const signedIn = await signInAlone().catch((): Answer => ({ status: 0 }));
    const { listenerId } = (signedIn.body ?? {}) as Partial<SessionInfo>;
    if (!listenerId) return failed(signedIn);
    const answer = await call("/api/sessions", { release: settings.release });
    const info = (answer.body ?? {}) as SessionInfo;
    if (!info.sessionId) return failed(answer);
    if (last?.listenerId !== listenerId) await part();
    const batchLimit = Math.min(info.batchLimit || batchArtworksMax, batchArtworksMax);
    current = last = { ...info, listenerId, batchLimit };
    opened(current);
    return { ...answer, done: current };
  };

  const openOnce = () => {
    opening ??= insist(settings, open).catch((error) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };

  const leave: Session["leave"] = (sessionId = current?.sessionId) => {
    if (current && current.sessionId === sessionId) opening = current = undefined;
  };

  const part = async () => {
    const left = last;
    leave();
    last = undefined;
    if (left) await (await person()).parted(left);
  };

  return {
    ready: getToken ? async () => (await person()).ready(openOnce) : openOnce,
    current: () => current,
    listenerId: () => last?.listenerId,
    leave,
    part,
    hold(until) {
      held = until;
    },
  };
}
