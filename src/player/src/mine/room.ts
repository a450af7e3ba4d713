import { node } from "../node.js";

export interface Room {
  readonly dialog: HTMLDialogElement;
  /** Where its content belongs. */
  readonly body: HTMLElement;
  open(): void;
  close(): void;
}

const CROSS = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="m6 6 12 12M18 6 6 18"/></svg>';

/** A dialog with a title and a button to close it. It also closes by Escape, and by a click beside it. */
export function createRoom(name: string, title: string): Room {
  const shut = node("button", {
    type: "button",
    class: "button",
    "aria-label": "Close",
    title: "Close (Esc)",
  });
  shut.innerHTML = CROSS;
  const heading = node("h2", { id: `${name}-title`, class: "room-title" }, title);
  const body = node("div", { class: "room-body" });
  const dialog = node(
    "dialog",
    { id: name, class: "room", "aria-labelledby": `${name}-title` },
    node("header", { class: "room-top" }, heading, shut),
    body,
  );
  shut.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", ({ target }) => {
    if (target === dialog) dialog.close();
  });
  // Otherwise the focus would return to a hidden button, and keep the arrow keys from the wall.
  dialog.addEventListener("close", () => {
    const message = dialog.querySelector(".message");
    if (message) document.body.append(message);
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
  document.body.append(dialog);
  return {
    dialog,
    body,
    open() {
      if (dialog.open) return;
      dialog.showModal();
      dialog.scrollTop = 0;
    },
    close: () => dialog.close(),
  };
}
