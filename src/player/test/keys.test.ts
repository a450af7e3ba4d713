// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { type KeyCommands, listenToKeys } from "../src/screen/keys.js";

const pressed: string[] = [];
const note = (name: string) => (): void => {
  pressed.push(name);
};
const commands: KeyCommands = {
  next: note("next"),
  previous: note("previous"),
  nextSong: note("nextSong"),
  previousSong: note("previousSong"),
  togglePause: note("togglePause"),
  play: note("play"),
  pause: note("pause"),
  forward: note("forward"),
  rewind: note("rewind"),
  toggleKept: note("toggleKept"),
  toggleFullScreen: note("toggleFullScreen"),
  toggleFloating: note("toggleFloating"),
  toggleMute: note("toggleMute"),
  openSongs: note("openSongs"),
  toggleShuffle: note("toggleShuffle"),
  changeRepeat: note("changeRepeat"),
  openHelp: note("openHelp"),
  openMenu: note("openMenu"),
  openKept: note("openKept"),
  openHistory: note("openHistory"),
  openYourData: note("openYourData"),
  savePicture: note("savePicture"),
  share: note("share"),
  back: note("back"),
  toggleCalm: note("toggleCalm"),
  wake: note("wake"),
  enterControls: note("enterControls"),
};
listenToKeys(commands);

function press(key: string, options: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...options });
  (document.activeElement ?? document.body).dispatchEvent(event);
  return event;
}

/** Puts a control on the page at a place; happy-dom lays nothing out by itself. */
function place(kind: "button" | "range", left: number, top: number): HTMLElement {
  const control = document.createElement(kind === "button" ? "button" : "input");
  if (control instanceof HTMLInputElement) control.type = "range";
  control.getBoundingClientRect = () => new DOMRect(left, top, 40, 40);
  control.getClientRects = () => [new DOMRect(0, 0, 1, 1)] as unknown as DOMRectList;
  document.body.append(control);
  return control;
}

describe("keys", () => {
  beforeEach(() => {
    pressed.length = 0;
    document.body.replaceChildren();
    document.body.dataset.screen = "art";
    delete document.body.dataset.idle;
  });

  it("show the controls before they act on one that nobody sees", () => {
    const [first, second] = [place("button", 0, 0), place("button", 60, 0)];
    first.focus();
    document.body.dataset.idle = "";
    expect(press("Enter").defaultPrevented).toBe(true);
    press("ArrowRight");
    expect(document.activeElement).toBe(first);
    press("c");
    expect(press("Tab").defaultPrevented).toBe(false);
    expect(pressed).toEqual(["wake", "wake", "toggleCalm"]);
    delete document.body.dataset.idle;
    press("ArrowRight");
    expect(document.activeElement).toBe(second);
  });

  it("turn the art over on the wall", () => {
    for (const key of ["ArrowRight", "ArrowLeft", " ", "n", "P", "k", "f", "m", "?"]) press(key);
    const expected = [
      "next",
      "previous",
      "togglePause",
      "next",
      "previous",
      "toggleKept",
      "toggleFullScreen",
      "toggleMute",
      "openHelp",
    ];
    expect(pressed).toEqual(expected);
  });

  it("turn the songs with Shift, and by media keys", () => {
    press("N", { shiftKey: true });
    press("P", { shiftKey: true });
    press("K", { shiftKey: true });
    press("ArrowRight", { shiftKey: true });
    press("ArrowLeft", { shiftKey: true });
    for (const key of ["MediaTrackNext", "q", "x", "r"]) press(key);
    const turned = ["nextSong", "previousSong", "toggleKept", "forward", "rewind", "nextSong"];
    expect(pressed).toEqual([...turned, "openSongs", "toggleShuffle", "changeRepeat"]);
  });

  it("are those of a television's remote control", () => {
    for (const key of ["MediaPlay", "MediaPause", "MediaStop", "MediaFastForward", "MediaRewind"]) press(key);
    for (const keyCode of [415, 19, 413, 417, 412, 461, 10009, 10252]) press("Unidentified", { keyCode });
    const named = ["play", "pause", "pause", "forward", "rewind"];
    expect(pressed).toEqual([...named, ...named, "back", "back", "togglePause"]);
  });

  it("close a room by a remote control's Back", () => {
    const dialog = document.createElement("dialog");
    document.body.append(dialog);
    dialog.showModal();
    press("Unidentified", { keyCode: 10009 });
    expect(dialog.open).toBe(false);
    expect(pressed).toEqual([]);
  });

  it("leave letters to a field that takes text", () => {
    const field = document.createElement("input");
    field.type = "url";
    document.body.append(field);
    field.focus();
    expect(press("n").defaultPrevented).toBe(false);
    expect(pressed).toEqual([]);
  });

  it("open what is the listener's own, and save and share the artwork", () => {
    for (const key of ["w", "h", "d", "s", "L", ".", "ContextMenu"]) press(key);
    const menu = "openMenu";
    expect(pressed).toEqual(["openKept", "openHistory", "openYourData", "savePicture", "share", menu, menu]);
  });

  it("do so once, however long they are held", () => {
    press("ArrowRight");
    press("ArrowRight", { repeat: true });
    expect(pressed).toEqual(["next"]);
  });

  it("leave the browser's own shortcuts alone", () => {
    expect(press("f", { ctrlKey: true }).defaultPrevented).toBe(false);
    expect(press("ArrowLeft", { altKey: true }).defaultPrevented).toBe(false);
    expect(pressed).toEqual([]);
  });

  it("reach the controls and walk between them with a remote control's arrows alone", () => {
    const [first, second] = [place("button", 0, 100), place("button", 60, 100)];
    press("ArrowDown");
    expect(pressed).toEqual(["enterControls"]);
    first.focus();
    press("ArrowRight");
    expect(document.activeElement).toBe(second);
    press("ArrowLeft");
    expect(document.activeElement).toBe(first);
    press("ArrowUp");
    expect(document.activeElement).toBe(document.body);
    expect(pressed).toEqual(["enterControls"]);
  });

  it("move a slider along, and leave it across", () => {
    const [slider, below] = [place("range", 0, 0), place("button", 0, 60)];
    slider.focus();
    expect(press("ArrowRight").defaultPrevented).toBe(false);
    expect(document.activeElement).toBe(slider);
    press("ArrowDown");
    expect(document.activeElement).toBe(below);
  });

  it("leave Enter and Space to a button that has the focus", () => {
    place("button", 0, 0).focus();
    expect(press("Enter").defaultPrevented).toBe(false);
    expect(press(" ").defaultPrevented).toBe(false);
    expect(pressed).toEqual([]);
  });

  it("find the first choice on the start screen", () => {
    document.body.dataset.screen = "start";
    const choice = place("button", 0, 0);
    press("ArrowDown");
    expect(document.activeElement).toBe(choice);
  });

  it("do nothing behind an open dialog, and walk between its controls alone", () => {
    const [behind, first, second] = [place("button", 0, 0), place("button", 0, 100), place("button", 0, 200)];
    const dialog = document.createElement("dialog");
    dialog.setAttribute("open", "");
    dialog.append(first, second);
    document.body.append(dialog);
    press("n");
    second.focus();
    press("ArrowUp");
    expect(document.activeElement).toBe(first);
    press("ArrowUp");
    expect(document.activeElement).toBe(first);
    expect(document.activeElement).not.toBe(behind);
    expect(pressed).toEqual([]);
  });
});
