import { type Answer, ArtFreshError, type Call, isTransient } from "./call.js";
import { retryDelayMs, wait } from "./retry.js";
import { batchArtworksMax, type SessionInfo } from "./wire.js";

/** Times that a request which somebody waits for is sent before it is given up: about 15 s of backoff. */
export const attemptsMax = 7;

/** The session of this client: opened when first needed, and again when the server no longer knows it. */
export interface Session {
  /** The open session. Rejects with ArtFreshError when signing in or opening failed for good; the next call tries again. */
  ready(): Promise<SessionInfo>;
  /** The session if it is open, without asking for one. */
  readonly current: SessionInfo | undefined;
  /** Signs in again: the cookie ran out. Resolves to the listener's id, or undefined where there was no answer. */
  signIn(): Promise<string | undefined>;
  /** Gives up the session named, if it is still the present one; the next `ready` opens another. */
  leave(sessionId: string): void;
}

/**
 * @param opened Called with each session opened, before anybody who waits for it goes on.
 */
export function createSession(
  call: Call,
  release: string | undefined,
  random: () => number,
  opened: (session: SessionInfo) => void,
): Session {
  let opening: Promise<SessionInfo> | undefined;
  let current: SessionInfo | undefined;

  const signIn = async (): Promise<Answer & { listenerId?: string }> => {
    const answer = await call("/api/sign-in/guest", { post: {} });
    const listenerId = (answer.body as { listenerId?: string } | undefined)?.listenerId;
    return answer.status === 200 && listenerId ? { ...answer, listenerId } : answer;
  };

  const openOnce = async (): Promise<Answer & { session?: SessionInfo }> => {
    const signedIn = await signIn();
    const { listenerId } = signedIn;
    if (!listenerId) return signedIn;
    const answer = await call("/api/sessions", { post: release === undefined ? {} : { release } });
    const body = answer.body as Partial<SessionInfo> | undefined;
    if (answer.status !== 201 || !body?.sessionId) return answer;
    return {
      ...answer,
      session: {
        batchLimit: batchArtworksMax,
        delivery: "batch",
        ...body,
        sessionId: body.sessionId,
        listenerId,
      },
    };
  };

  const open = async (): Promise<SessionInfo> => {
    for (let attempt = 1; ; attempt++) {
      const answer = await openOnce();
      if (answer.session) {
        current = answer.session;
        opened(current);
        return current;
      }
      // A 2xx that is no answer of ours comes from something in between, such as a hotel's sign-in page.
      const mayHelp = isTransient(answer) || answer.status < 300 || answer.status === 401;
      if (!mayHelp || attempt === attemptsMax) throw new ArtFreshError("No session", answer);
      await wait(retryDelayMs(attempt, random, answer.retryAfterMs));
    }
  };

  return {
    ready() {
      opening ??= open().catch((error) => {
        opening = undefined;
        throw error;
      });
      return opening;
    },
    get current() {
      return current;
    },
    signIn: async () => (await signIn()).listenerId,
    leave(sessionId) {
      if (current?.sessionId !== sessionId) return;
      opening = current = undefined;
    },
  };
}
