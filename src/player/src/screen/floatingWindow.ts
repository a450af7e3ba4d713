import type { Stage } from "../stage/stage.js";
import { currentScreen, element } from "./element.js";

/** A window that stays above all others: https://wicg.github.io/document-picture-in-picture/ */
interface DocumentPictureInPicture {
  /** The window that is open. */
  readonly window: Window | null;
  requestWindow(size: { readonly width: number; readonly height: number }): Promise<Window>;
}

declare global {
  interface Window {
    /** Not in every browser. */
    readonly documentPictureInPicture?: DocumentPictureInPicture;
  }
}

/** CSS pixels; the browser remembers what the listener makes of it. */
const SIZE = { width: 420, height: 420 };

/** Returns what moves the wall to a window of its own, and back. Keys do there what they do on the page. */
export function createFloatingWindow(stage: Stage, say: (text: string) => void): () => void {
  const wall = element("wall", HTMLElement);
  const button = element("float", HTMLButtonElement);
  const floating = window.documentPictureInPicture;

  const moveTo = (view: Window): void => {
    view.document.body.prepend(wall);
    stage.moveTo(view);
    button.setAttribute("aria-pressed", String(view !== window));
  };

  const open = (view: Window): void => {
    view.document.title = document.title;
    view.document.head.append(
      ...[...document.querySelectorAll("link[rel=stylesheet], style")].map((sheet) => sheet.cloneNode(true)),
    );
    view.addEventListener("keydown", (event) => {
      if (!dispatchEvent(new KeyboardEvent(event.type, event))) event.preventDefault();
    });
    view.addEventListener("pagehide", () => moveTo(window));
    moveTo(view);
  };

  return () => {
    if (!floating) say("This browser can't show the art in a window of its own.");
    else if (floating.window) floating.window.close();
    else if (currentScreen() === "art")
      floating.requestWindow(SIZE).then(open, () => say("The browser has refused a window for the art."));
  };
}
