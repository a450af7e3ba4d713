export interface GestureCommands {
  next(): void;
  previous(): void;
  /** Called after a short touch of the wall. */
  tap(): void;
  /** Called after two short touches, in place of the second `tap`. */
  doubleTap(): void;
  /** Called after two clicks of a mouse. */
  doubleClick(): void;
}

const SWIPE_PIXELS = 48;
const TAP_PIXELS = 12;
const SWIPE_SLOPE = 1.4;
const DOUBLE_TAP_MS = 350;

/** The gesture of a touch, by its distance in pixels. */
export function gestureOf(dx: number, dy: number): "next" | "previous" | "tap" | null {
  if (Math.abs(dx) >= SWIPE_PIXELS && Math.abs(dx) > Math.abs(dy) * SWIPE_SLOPE)
    return dx < 0 ? "next" : "previous";
  return Math.hypot(dx, dy) <= TAP_PIXELS ? "tap" : null;
}

/** Listens to touch on the wall: swipe left for the next artwork, right for the previous one, tap for the controls, twice to keep. */
export function listenToGestures(wall: HTMLElement, commands: GestureCommands): void {
  let from: { id: number; x: number; y: number } | null = null;
  let tappedAt = Number.NEGATIVE_INFINITY;
  let isMouse = true;
  wall.addEventListener("pointerdown", (event) => {
    isMouse = event.pointerType === "mouse";
    if (event.pointerType !== "mouse" && event.isPrimary) {
      from = { id: event.pointerId, x: event.clientX, y: event.clientY };
    }
  });
  wall.addEventListener("pointerup", (event) => {
    if (from?.id !== event.pointerId) return;
    const gesture = gestureOf(event.clientX - from.x, event.clientY - from.y);
    from = null;
    const isSecondTap = gesture === "tap" && event.timeStamp - tappedAt < DOUBLE_TAP_MS;
    tappedAt = gesture === "tap" && !isSecondTap ? event.timeStamp : Number.NEGATIVE_INFINITY;
    if (isSecondTap) commands.doubleTap();
    else if (gesture) commands[gesture]();
  });
  wall.addEventListener("pointercancel", () => {
    from = null;
  });
  wall.addEventListener("dblclick", () => isMouse && commands.doubleClick());
}
