import { SCORES } from "./forgetScores.js";
import type { SongScore } from "./songScore.js";

const SCORES_MAX = 300;

/** The key of a file's score: the hash of its content. Null where the browser keeps none: pages without https have neither hashes nor a cache. */
export async function scoreKey(bytes: ArrayBuffer): Promise<string | null> {
  if (!globalThis.caches || !crypto.subtle) return null;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `/songs/${Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** The score of a file that was read before; null if it is not kept. */
export async function keptScore(key: string): Promise<SongScore | null> {
  try {
    const kept = await (await caches.open(SCORES)).match(key);
    return kept ? ((await kept.json()) as SongScore) : null;
  } catch {
    return null;
  }
}

/** Keeps a score; the oldest go. */
export async function keepScore(key: string, score: SongScore): Promise<void> {
  try {
    const store = await caches.open(SCORES);
    await store.put(key, new Response(JSON.stringify(score)));
    const keys = await store.keys();
    for (const oldest of keys.slice(0, Math.max(0, keys.length - SCORES_MAX))) await store.delete(oldest);
  } catch {
    // Full or blocked: the song is read anew next time.
  }
}
