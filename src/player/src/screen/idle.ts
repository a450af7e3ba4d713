import { mark } from "./element.js";

const IDLE_MS = 3500;
/** Longer while the focus is on a control, because a remote control is slower than a mouse. */
const IDLE_FOCUSED_MS = 9000;

export interface Idle {
  /** Shows the controls for a while. Call it on any input. */
  wake(): void;
  /** Shows the controls if they are hidden, else hides them. */
  toggle(): void;
}

/**
 * Hides the controls from sight after a time without input, if `mayRest` returns true. They keep the focus and stay where screen readers and the Tab key find them: a control that
 * gets the focus shows them again.
 */
export function createIdle(mayRest: () => boolean): Idle {
  let resting: ReturnType<typeof setTimeout> | undefined;
  const controls = document.getElementById("controls");
  const hasFocus = (): boolean => controls?.contains(document.activeElement) ?? false;

  const rest = (): void => {
    if (mayRest()) mark("idle", true);
    else wake();
  };
  const wake = (): void => {
    mark("idle", false);
    clearTimeout(resting);
    resting = setTimeout(rest, hasFocus() ? IDLE_FOCUSED_MS : IDLE_MS);
  };
  addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse") wake();
  });
  addEventListener("focusin", wake);
  wake();
  return {
    wake,
    toggle() {
      if (document.body.dataset.idle === undefined && mayRest()) rest();
      else wake();
    },
  };
}
