import { element } from "./element.js";

const SETTLED_MS = 700;

/**
 * Says to a screen reader what the listener has changed, and nothing that changes by itself. Of what follows each other quickly it says the last. Returns a function that says a
 * sentence.
 */
export function createCaption(): (text: string) => void {
  const line = element("caption", HTMLElement);
  let settling: ReturnType<typeof setTimeout> | undefined;
  return (text) => {
    clearTimeout(settling);
    settling = setTimeout(() => {
      line.textContent = text;
    }, SETTLED_MS);
  };
}
