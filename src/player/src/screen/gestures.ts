export interface GestureCommands {
  next(): void;
  previous(): void;
  /** Called after a short touch of the wall. */
  tap(): void;
  /** Called after two short touches, in place of the second `tap`. */
  doubleTap(): void;
  /** Called after two clicks of a mouse. */
  doubleClick(): void;
  /** Called when a touch rests. */
  openMenu(): void;
  /** Called after a swipe up. */
  openKept(): void;
  /** Called after a swipe down. */
  openHistory(): void;
}

type Gesture = "next" | "previous" | "openKept" | "openHistory" | "tap";

const SWIPE_PIXELS = 48;
const TAP_PIXELS = 12;
const SWIPE_SLOPE = 1.4;
const DOUBLE_TAP_MS = 350;
const REST_MS = 550;

/** The gesture of a touch, by its distance in pixels. */
export function gestureOf(dx: number, dy: number): Gesture | null {
  if (Math.abs(dx) >= SWIPE_PIXELS && Math.abs(dx) > Math.abs(dy) * SWIPE_SLOPE)
    return dx < 0 ? "next" : "previous";
  if (Math.abs(dy) >= SWIPE_PIXELS && Math.abs(dy) > Math.abs(dx) * SWIPE_SLOPE)
    return dy < 0 ? "openKept" : "openHistory";
  return Math.hypot(dx, dy) <= TAP_PIXELS ? "tap" : null;
}

/**
 * Listens to touch on the wall: swipe left for the next artwork, right for the previous one, up for kept works, down for what was shown; tap for
 * the controls, twice to keep, and rest for the menu.
 */
export function listenToGestures(wall: HTMLElement, commands: GestureCommands): void {
  let from: { id: number; x: number; y: number } | null = null;
  let tappedAt = Number.NEGATIVE_INFINITY;
  let isMouse = true;
  let resting: ReturnType<typeof setTimeout> | undefined;
  wall.addEventListener("pointerdown", (event) => {
    isMouse = event.pointerType === "mouse";
    if (event.pointerType !== "mouse" && event.isPrimary) {
      from = { id: event.pointerId, x: event.clientX, y: event.clientY };
      resting = setTimeout(() => {
        from = null;
        swallowClick();
        commands.openMenu();
      }, REST_MS);
    }
  });
  wall.addEventListener("pointermove", ({ pointerId, clientX, clientY }) => {
    if (from?.id === pointerId && gestureOf(clientX - from.x, clientY - from.y) !== "tap")
      clearTimeout(resting);
  });
  wall.addEventListener("pointerup", (event) => {
    clearTimeout(resting);
    if (from?.id !== event.pointerId) return;
    const gesture = gestureOf(event.clientX - from.x, event.clientY - from.y);
    from = null;
    const isSecondTap = gesture === "tap" && event.timeStamp - tappedAt < DOUBLE_TAP_MS;
    tappedAt = gesture === "tap" && !isSecondTap ? event.timeStamp : Number.NEGATIVE_INFINITY;
    if (isSecondTap) commands.doubleTap();
    else if (gesture) commands[gesture]();
  });
  wall.addEventListener("pointercancel", () => {
    clearTimeout(resting);
    from = null;
  });
  wall.addEventListener("dblclick", () => isMouse && commands.doubleClick());
}

/** The finger that has opened a menu is still down: where it is lifted, it must press nothing. */
function swallowClick(): void {
  const swallow = (event: Event): void => {
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener("click", swallow, { capture: true, once: true });
  addEventListener("pointerdown", () => removeEventListener("click", swallow, true), {
    capture: true,
    once: true,
  });
}
