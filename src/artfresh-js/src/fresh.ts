import { ArtFreshError, type Call, isTransient } from "./call.js";
import { retryDelayMs, wait } from "./retry.js";
import { attemptsMax, type Session } from "./session.js";
import { uuid } from "./uuid.js";
import type { Artwork } from "./wire.js";

export interface FreshOptions {
  /** Artworks wanted, 1 to 50; 10 by default. */
  count?: number;
  /** Mood wanted, each coordinate in [0, 1]; the middle by default. */
  valence?: number;
  energy?: number;
  signal?: AbortSignal;
}

/**
 * Asks for art that the listener never had. Every repetition carries the same request id, so that an answer lost on the way is
 * given again and not spent. Rejects with ArtFreshError, or with the reason of the aborted signal.
 */
export async function requestFresh(
  { call, session, baseUrl, random }: { call: Call; session: Session; baseUrl: string; random: () => number },
  { count = 10, valence, energy, signal }: FreshOptions = {},
): Promise<Artwork[]> {
  const requestId = uuid();
  for (let attempt = 1; ; attempt++) {
    const { sessionId } = await session.ready();
    const query = new URLSearchParams({ sessionId, count: `${count}`, requestId });
    if (valence !== undefined) query.set("valence", `${valence}`);
    if (energy !== undefined) query.set("energy", `${energy}`);
    const answer = await call(`/api/artworks/fresh?${query}`, { signal });
    const { status, code, body } = answer;
    const artworks = (body as { artworks?: Artwork[] } | undefined)?.artworks;
    if (status === 200 && Array.isArray(artworks))
      return artworks.map((artwork) => ({
        ...artwork,
        imageUrl: artwork.imageUrl.startsWith("/") ? baseUrl + artwork.imageUrl : artwork.imageUrl,
      }));
    const sessionGone = code === "session_not_found" || code === "session_ended";
    const mayHelp = sessionGone || status === 401 || isTransient(answer) || status < 300;
    if (!mayHelp || attempt === attemptsMax) throw new ArtFreshError("No fresh art", answer);
    if (sessionGone) session.leave(sessionId);
    else if (status === 401) await session.signIn();
    else await wait(retryDelayMs(attempt, random, answer.retryAfterMs), signal);
  }
}
