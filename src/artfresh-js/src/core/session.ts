import type { Answer, Call } from "./call.js";
import { insist, type Try } from "./insist.js";
import type { Settings } from "./settings.js";
import { whenActive } from "./whenActive.js";
import { batchArtworksMax, type SessionInfo } from "./wire.js";

/** The session of this client: opened on first use, and again after `leave`. */
export interface Session {
  /** Resolves to the open session, and opens one if needed. Rejects with ArtFreshError; the next call tries again. */
  ready(): Promise<SessionInfo>;
  /** The open session; undefined if there is none. */
  current(): SessionInfo | undefined;
  /**
   * Gives up the session with this id, by default the open one, unless another has been opened. The next `ready` signs in and opens another.
   */
  leave(sessionId?: string): void;
}

/** @param opened Called with each opened session, before `ready` resolves. */
export function createSession(
  settings: Settings,
  call: Call,
  opened: (session: SessionInfo) => void,
): Session {
  let opening: Promise<SessionInfo> | undefined;
  let current: SessionInfo | undefined;

  /** Signs in under a lock: tabs that sign in for the first time at once must become the same guest. */
  const signIn = () => call("/api/sign-in/guest", {});
  const signInAlone = (): Promise<Answer> =>
    globalThis.navigator?.locks?.request("artfresh:sign-in", signIn).catch(signIn) ?? signIn();

  const open = async (): Promise<Try<SessionInfo>> => {
    // A prerendered page may never be seen, and must not spend art.
    await whenActive();
    const guest = await signInAlone();
    const { listenerId } = (guest.body ?? {}) as Partial<SessionInfo>;
    if (!listenerId) return guest;
    const answer = await call("/api/sessions", { release: settings.release });
    const info = (answer.body ?? {}) as SessionInfo;
    if (!info.sessionId) return answer;
    const batchLimit = Math.min(info.batchLimit || batchArtworksMax, batchArtworksMax);
    current = { ...info, listenerId, batchLimit };
    opened(current);
    return { ...answer, done: current };
  };

  return {
    ready() {
      opening ??= insist(settings, open).catch((error) => {
        opening = undefined;
        throw error;
      });
      return opening;
    },
    current: () => current,
    leave(sessionId = current?.sessionId) {
      if (current && current.sessionId === sessionId) opening = current = undefined;
    },
  };
}
