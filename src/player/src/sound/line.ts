import type { Song } from "../songs.js";

const RETRY_MS = 5000;

/** Whether a song's address answers. Browsers report a lost connection as they do a file that they cannot play. */
export async function isReached({ url, file }: Song): Promise<boolean> {
  if (file) return true;
  try {
    // Some servers of streams know no HEAD; any answer of theirs is one.
    const { status } = await fetch(url, { method: "HEAD", cache: "no-store" });
    return status < 500;
  } catch {
    return false;
  }
}

/** Resolves when it is time to try again: as soon as the browser is online, and after some seconds. */
export function nextTry(): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, RETRY_MS);
    addEventListener("online", done);
  });
}
