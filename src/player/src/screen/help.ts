import { button, element } from "./element.js";

/** The dialog of keys and gestures. Returns a function that opens it. */
export function createHelp(): () => void {
  const help = element("help", HTMLDialogElement);
  button("help-close", () => help.close());
  help.addEventListener("click", (event) => {
    if (event.target === help) help.close();
  });
  // Otherwise the focus would stay on a hidden button, and keep the arrow keys from the wall.
  help.addEventListener("close", () => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
  return () => {
    if (help.open) return;
    help.showModal();
    // The focus goes to the button at its end, and would take the view along.
    help.scrollTop = 0;
  };
}
