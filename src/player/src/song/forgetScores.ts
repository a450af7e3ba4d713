/** The cache of scores. Its name changes with what a score holds, so that older ones are read anew. */
export const SCORES = "artfresh-songs-2";

/** Deletes what this browser remembers of songs: it tells what was played here. */
export async function forgetScores(): Promise<void> {
  try {
    await globalThis.caches?.delete(SCORES);
  } catch {
    // A browser that blocks site data has kept none.
  }
}
