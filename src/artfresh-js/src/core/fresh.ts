import type { Call } from "./call.js";
import { insist } from "./insist.js";
import type { Session } from "./session.js";
import type { Settings } from "./settings.js";
import { uuid } from "./uuid.js";
import type { Artwork } from "./wire.js";

export interface FreshOptions {
  /** Number of artworks, 1 to 50; 10 by default. */
  count?: number | undefined;
  /** Mood of the artworks, each coordinate in [0, 1]; the middle by default. */
  valence?: number | undefined;
  energy?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Repeats an earlier call whose answer was lost; a new id by default. */
  requestId?: string | undefined;
}

/**
 * Requests art that the listener was never served. All tries have the same request id, so that the server repeats a lost
 * answer rather than spending more art. Rejects with ArtFreshError, or with the reason of the aborted signal.
 */
export function requestFresh(
  settings: Settings,
  call: Call,
  session: Session,
  { signal, requestId = uuid(), ...wish }: FreshOptions = {},
): Promise<Artwork[]> {
  const asked = insist(settings, async () => {
    const { sessionId, listenerId } = await session.ready();
    signal?.throwIfAborted();
    // JSON drops undefined members.
    const query = new URLSearchParams(JSON.parse(JSON.stringify({ ...wish, sessionId, requestId })));
    const answer = await call(`/api/artworks/fresh?${query}`);
    const done = (answer.body as { artworks?: Artwork[] } | undefined)?.artworks;
    for (const artwork of done ?? [])
      artwork.imageUrl = artwork.imageUrl.replace(/^\//, `${settings.baseUrl}/`);
    const again = answer.status === 401 || /^(session_|joined)/.test(answer.code ?? "");
    if (again) session.leave(sessionId);
    // Somebody has signed in or out meanwhile: this art is not theirs.
    if (done && session.listenerId() !== listenerId) return { ...answer, again: true };
    return { ...answer, done, again };
  });
  const aborted = new Promise<never>((_, reject) =>
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true }),
  );
  return Promise.race([asked, aborted]);
}
