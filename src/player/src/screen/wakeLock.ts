/** Keeps the screen on while that is needed, if the browser supports it. Returns a function to call when that may have changed. */
export function keepScreenAwake(isNeeded: () => boolean): () => void {
  let lock: WakeLockSentinel | null = null;
  const update = async (): Promise<void> => {
    if (!("wakeLock" in navigator) || document.hidden) return;
    if (isNeeded() && (lock === null || lock.released)) {
      // The device may refuse it, for example on low battery.
      lock = await navigator.wakeLock.request("screen").catch(() => null);
    } else if (!isNeeded()) {
      await lock?.release();
      lock = null;
    }
  };
  // One after another: a lock that is granted late would stay.
  let last: Promise<void> = Promise.resolve();
  const queue = (): void => {
    last = last.then(update);
  };
  document.addEventListener("visibilitychange", queue);
  return queue;
}
