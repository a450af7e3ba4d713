import { currentScreen } from "./element.js";
import { type Direction, nearestTowards } from "./spatial.js";

export interface KeyCommands {
  next(): void;
  previous(): void;
  togglePause(): void;
  /** Keeps the artwork on screen, or keeps it no longer. */
  toggleKept(): void;
  toggleFullScreen(): void;
  toggleMute(): void;
  openHelp(): void;
  openMenu(): void;
  openKept(): void;
  openHistory(): void;
  openYourData(): void;
  savePicture(): void;
  share(): void;
  /** Escape, or a remote control's back key. */
  back(): void;
  /** Holds the art still, or lets it move. */
  toggleCalm(): void;
  /** Shows the controls. */
  wake(): void;
  /** Shows the controls and puts the focus on them. */
  enterControls(): void;
}

/** Commands of keys while the focus is on the wall, by KeyboardEvent.key. */
export const WALL_KEYS: Readonly<Record<string, keyof KeyCommands>> = {
  ArrowRight: "next",
  ArrowLeft: "previous",
  ArrowUp: "enterControls",
  ArrowDown: "enterControls",
  Enter: "enterControls",
  " ": "togglePause",
};

/** Commands of keys wherever the focus is. */
export const PAGE_KEYS: Readonly<Record<string, keyof KeyCommands>> = {
  n: "next",
  p: "previous",
  k: "toggleKept",
  f: "toggleFullScreen",
  m: "toggleMute",
  c: "toggleCalm",
  w: "openKept",
  h: "openHistory",
  d: "openYourData",
  s: "savePicture",
  l: "share",
  ".": "openMenu",
  ContextMenu: "openMenu",
  "?": "openHelp",
  MediaTrackNext: "next",
  MediaTrackPrevious: "previous",
  MediaPlayPause: "togglePause",
  Escape: "back",
  GoBack: "back",
  BrowserBack: "back",
};

/** Keys that act on the control with the focus, once that is seen. */
const SEEN_KEYS: Readonly<Record<string, true>> = {
  ArrowLeft: true,
  ArrowRight: true,
  ArrowUp: true,
  ArrowDown: true,
  Enter: true,
  " ": true,
};

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

/** Listens to keyboard and remote control: arrows change the art while the focus is on the wall, and else move the focus among the controls. */
export function listenToKeys(commands: KeyCommands): void {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) {
      if (moveFocus(event)) event.preventDefault();
      return;
    }
    const isOnWall = currentScreen() === "art" && !focused();
    const command = PAGE_KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    // The focus is where nobody sees it: the first key shows it, whatever else it does.
    const isUnseen = document.body.dataset.idle !== undefined && !isOnWall;
    if (isUnseen && !command && event.key in SEEN_KEYS) run(commands, "wake", event);
    else if (isOnWall && WALL_KEYS[event.key]) run(commands, WALL_KEYS[event.key], event);
    else if (command) run(commands, command, event);
    else if (moveFocus(event)) event.preventDefault();
  });
}

function run(commands: KeyCommands, command: keyof KeyCommands | undefined, event: KeyboardEvent): void {
  // Ignores repeats: a key held down would change the art too fast to see it.
  if (!command || event.repeat) return;
  if (command !== "back") event.preventDefault();
  commands[command]();
}

function focused(): HTMLElement | null {
  const { activeElement } = document;
  return activeElement instanceof HTMLElement && activeElement !== document.body ? activeElement : null;
}

function moveFocus(event: KeyboardEvent): boolean {
  const direction = DIRECTIONS[event.key];
  if (!direction) return false;
  const from = focused();
  const isAlongSlider = direction === "left" || direction === "right";
  if (from instanceof HTMLInputElement && (isAlongSlider || from.type === "radio")) return false;

  const targets = focusable().filter((target) => target !== from);
  const index = from
    ? nearestTowards(
        from.getBoundingClientRect(),
        targets.map((target) => target.getBoundingClientRect()),
        direction,
      )
    : 0;
  const target = targets[index];
  if (target) target.focus({ focusVisible: true } as FocusOptions);
  // A long dialog scrolls.
  else if (document.querySelector("dialog[open]")) return false;
  // Beyond the edge of the controls the focus goes to the wall.
  else if (currentScreen() === "art" && (direction === "up" || direction === "down")) from?.blur();
  return true;
}

function focusable(): HTMLElement[] {
  const place = document.querySelector("dialog[open]") ?? document;
  const found = place.querySelectorAll<HTMLElement>("a[href], button:not([disabled]), input:not([disabled])");
  return [...found].filter(
    (target) => target.getClientRects().length > 0 && getComputedStyle(target).visibility !== "hidden",
  );
}
