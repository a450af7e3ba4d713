import { currentScreen } from "./element.js";
import { type Direction, nearestTowards } from "./spatial.js";

export interface KeyCommands {
  next(): void;
  previous(): void;
  /** The next song; without songs the next artwork. */
  nextSong(): void;
  previousSong(): void;
  togglePause(): void;
  play(): void;
  pause(): void;
  forward(): void;
  rewind(): void;
  /** Keeps the artwork on screen, or keeps it no longer. */
  toggleKept(): void;
  toggleFullScreen(): void;
  /** Gives the art a window of its own, or takes it back. */
  toggleFloating(): void;
  toggleMute(): void;
  openSongs(): void;
  toggleShuffle(): void;
  changeRepeat(): void;
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

/** The same with Shift. */
export const SHIFTED_KEYS: Readonly<Record<string, keyof KeyCommands>> = {
  ArrowRight: "forward",
  ArrowLeft: "rewind",
};

/** Commands of keys wherever the focus is; upper case is with Shift. */
export const PAGE_KEYS: Readonly<Record<string, keyof KeyCommands>> = {
  n: "next",
  p: "previous",
  k: "toggleKept",
  f: "toggleFullScreen",
  i: "toggleFloating",
  m: "toggleMute",
  c: "toggleCalm",
  q: "openSongs",
  x: "toggleShuffle",
  r: "changeRepeat",
  w: "openKept",
  h: "openHistory",
  d: "openYourData",
  s: "savePicture",
  l: "share",
  ".": "openMenu",
  ContextMenu: "openMenu",
  "?": "openHelp",
  N: "nextSong",
  P: "previousSong",
  MediaTrackNext: "nextSong",
  MediaTrackPrevious: "previousSong",
  MediaPlayPause: "togglePause",
  MediaPlay: "play",
  MediaPause: "pause",
  MediaStop: "pause",
  MediaFastForward: "forward",
  MediaRewind: "rewind",
  Escape: "back",
  GoBack: "back",
  BrowserBack: "back",
};

/** Commands of remote controls whose keys have no name: of LG's, and Samsung's Back. By KeyboardEvent.keyCode. */
export const REMOTE_KEYS: Readonly<Record<number, keyof KeyCommands>> = {
  415: "play",
  19: "pause",
  413: "pause",
  417: "forward",
  412: "rewind",
  461: "back",
  10009: "back",
  10252: "togglePause",
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
    const command = commandOf(event);
    const room = document.querySelector<HTMLDialogElement>("dialog[open]");
    if (room) {
      // Browsers close it by Escape alone.
      if (command === "back" && event.key !== "Escape") room.close();
      else if (moveFocus(event)) event.preventDefault();
      return;
    }
    if (isTyping()) return;
    const isOnWall = currentScreen() === "art" && !focused();
    const onWall = event.shiftKey ? (SHIFTED_KEYS[event.key] ?? WALL_KEYS[event.key]) : WALL_KEYS[event.key];
    // The focus is where nobody sees it: the first key shows it, whatever else it does.
    const isUnseen = document.body.dataset.idle !== undefined && !isOnWall;
    if (isUnseen && !command && event.key in SEEN_KEYS) run(commands, "wake", event);
    else if (isOnWall && onWall) run(commands, onWall, event);
    else if (command) run(commands, command, event);
    else if (moveFocus(event)) event.preventDefault();
  });
}

function commandOf(event: KeyboardEvent): keyof KeyCommands | undefined {
  const key = event.key.length === 1 && !event.shiftKey ? event.key.toLowerCase() : event.key;
  return PAGE_KEYS[key] ?? PAGE_KEYS[event.key.toLowerCase()] ?? REMOTE_KEYS[event.keyCode];
}

function isTyping(): boolean {
  const from = focused();
  return from instanceof HTMLInputElement && ["text", "url", "search"].includes(from.type);
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
