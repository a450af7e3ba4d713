import { button, element } from "./element.js";

/** The page of keys and gestures. Returns what opens it. */
export function createHelp(): () => void {
  const help = element("help", HTMLDialogElement);
  button("help-close", () => help.close());
  help.addEventListener("click", (event) => {
    if (event.target === help) help.close();
  });
  // Otherwise the focus stays on a hidden button, and the arrow keys do not reach the wall.
  help.addEventListener("close", () => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
  return () => {
    if (!help.open) help.showModal();
  };
}
