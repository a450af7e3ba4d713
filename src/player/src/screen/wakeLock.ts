/** Keeps the screen on while art is shown, if the browser supports it. */
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
  document.addEventListener("visibilitychange", () => void update());
  return () => void update();
}
