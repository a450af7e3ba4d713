import type { Answer, Call } from "./call.js";
import type { Try } from "./insist.js";
import type { SessionInfo } from "./wire.js";

/** @param giveBack Call it at once with artworks that were served and never on screen; the client leaves out those that it has shown. */
export type Parted = (giveBack: (artworkIds: number[]) => void) => void;

/**
 * Knows whose token to send, makes the guests of this browser one person with the account, and keeps apart what is whose. Loaded only where a
 * cookie does not suffice.
 */
export interface Person {
  /** Sends as the listener of the last sign-in. */
  call: Call;
  /** Opens a session, after it has parted with the listener if somebody has signed in or out. Rejects with ArtFreshError. */
  ready(open: () => Promise<SessionInfo>): Promise<SessionInfo>;
  /** Signs in as whoever `getToken` names, or as a guest. The body of a 2xx has a `listenerId`. Never rejects. */
  signIn(): Promise<Answer>;
  /** Finds another way after the server refused a sign-in or a session. Rejects with ArtFreshError if there is none. */
  refused(answer: Answer): Promise<Try<never>>;
  /** Call it with each opened session. */
  opened(session: SessionInfo): void;
  /** Call it with the last session of a listener who is not this page's any more. */
  parted(session: SessionInfo): Promise<unknown>;
  /**
   * Deletes everything that this browser holds of a listener, and leaves their session.
   * @param deliver Sends the rest once the page has been told; left out for a listener who is erased.
   */
  forget(listenerId: string | undefined, deliver?: () => Promise<void>): Promise<void>;
}
