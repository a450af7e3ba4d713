/** What Safari on iPad has before 16.4. */
interface Prefixed {
  readonly webkitFullscreenEnabled?: boolean;
  readonly webkitFullscreenElement?: Element | null;
  webkitExitFullscreen?(): void;
  webkitRequestFullscreen?(): void;
}

const page = document as Document & Prefixed;
const root = document.documentElement as HTMLElement & Prefixed;

/** Whether this browser can show the page on the whole screen. */
export const canFillScreen = (): boolean => page.fullscreenEnabled ?? page.webkitFullscreenEnabled ?? false;

/** Whether the page fills the screen. */
export const fillsScreen = (): boolean =>
  Boolean(page.fullscreenElement ?? page.webkitFullscreenElement ?? null);

/** Shows the page on the whole screen, or in its window again. Browsers refuse without a gesture; the page then stays as it is. */
export function toggleFullScreen(): void {
  if (fillsScreen()) void leaveFullScreen();
  else if (root.requestFullscreen) void root.requestFullscreen({ navigationUI: "hide" }).catch(() => {});
  else root.webkitRequestFullscreen?.();
}

/** Shows the page in its window again. */
export async function leaveFullScreen(): Promise<void> {
  if (!fillsScreen()) return;
  if (page.exitFullscreen) await page.exitFullscreen().catch(() => {});
  else page.webkitExitFullscreen?.();
}

/** Calls back whenever the page fills the screen or leaves it. */
export function onFullScreenChange(changed: () => void): void {
  document.addEventListener("fullscreenchange", changed);
  document.addEventListener("webkitfullscreenchange", changed);
}
