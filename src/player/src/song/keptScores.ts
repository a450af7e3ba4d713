import type { SongScore } from "./songScore.js";

/** Changes with what a score holds, so that older ones are read anew. */
const STORE = "artfresh-songs-1";
const SCORES_MAX = 300;

/**
 * The score of a file that was read before, by the hash of its content. The key is null where the browser keeps none: pages
 * without https have neither hashes nor a cache.
 */
export async function keptScore(
  bytes: ArrayBuffer,
): Promise<{ readonly key: string | null; readonly score: SongScore | null }> {
  if (!globalThis.caches || !crypto.subtle) return { key: null, score: null };
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const key = `/songs/${Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  try {
    const kept = await (await caches.open(STORE)).match(key);
    return { key, score: kept ? ((await kept.json()) as SongScore) : null };
  } catch {
    return { key: null, score: null };
  }
}

/** Keeps a score; the oldest go. */
export async function keepScore(key: string | null, score: SongScore): Promise<void> {
  if (key === null) return;
  try {
    const store = await caches.open(STORE);
    await store.put(key, new Response(JSON.stringify(score)));
    const keys = await store.keys();
    for (const oldest of keys.slice(0, Math.max(0, keys.length - SCORES_MAX))) await store.delete(oldest);
  } catch {
    // Full or blocked: the song is read anew next time.
  }
}
