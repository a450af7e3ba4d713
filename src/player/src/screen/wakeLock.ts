/** Keeps the screen from going dark while art is shown, where the browser can. */
export function keepScreenAwake(isNeeded: () => boolean): () => void {
  let lock: WakeLockSentinel | null = null;
  const update = async (): Promise<void> => {
    if (!("wakeLock" in navigator) || document.hidden) return;
    if (isNeeded() && (lock === null || lock.released)) {
      // Refused on low battery: the screen then goes dark as the listener's device wants it.
      lock = await navigator.wakeLock.request("screen").catch(() => null);
    } else if (!isNeeded()) {
      await lock?.release();
      lock = null;
    }
  };
  document.addEventListener("visibilitychange", () => void update());
  return () => void update();
}
