import { element } from "./element.js";

const SHOWN_MS = 6000;

export interface Message {
  /** Shows a message for a while, or, if it `stays`, until it is cleared. */
  say(text: string, options?: { stays: boolean }): void;
  clear(): void;
}

export function createMessage(): Message {
  const line = element("message", HTMLElement);
  let ending: ReturnType<typeof setTimeout> | undefined;
  const clear = (): void => {
    clearTimeout(ending);
    delete line.dataset.shown;
  };
  return {
    clear,
    say(text, { stays } = { stays: false }) {
      clearTimeout(ending);
      // What is outside an open dialog is behind it, for screen readers too.
      (document.querySelector("dialog[open]") ?? document.body).append(line);
      line.textContent = text;
      line.dataset.shown = "";
      if (!stays) ending = setTimeout(clear, SHOWN_MS);
    },
  };
}
