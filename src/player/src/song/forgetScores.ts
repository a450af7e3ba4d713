/** The cache of scores. Its name changes with what a score holds, so that older ones are read anew. */
const EVERY = "artfresh-songs-";
export const SCORES: string = `${EVERY}2`;

/** Deletes what this browser remembers of songs: it tells what was played here. */
export async function forgetScores(): Promise<void> {
  try {
    // Older releases have kept some under other names.
    for (const name of (await globalThis.caches?.keys()) ?? []) {
      if (name.startsWith(EVERY)) await caches.delete(name);
    }
  } catch {
    // A browser that blocks site data has kept none.
  }
}
