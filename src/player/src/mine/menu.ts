import { node } from "../node.js";
import { type Icon, icon } from "./icons.js";
import type { MineCommands, MinePorts } from "./ports.js";
import { createRoom } from "./room.js";

interface Item {
  readonly icon: Icon;
  readonly words: string;
  readonly key: string;
  act(): void;
}

/** The menu of what a listener can do with the artwork on screen and with what is theirs. Returns a function that opens it. */
export function createMenu(commands: MineCommands, { keeping, current, onKept, say }: MinePorts): () => void {
  const room = createRoom("menu", "Yours");
  room.dialog.classList.add("menu");
  const toggleKept = async (): Promise<void> => {
    say(await keeping.toggle(current()?.id));
    onKept();
  };
  return () => {
    const isKept = keeping.has(current()?.id);
    const items: Item[] = [
      {
        icon: "keep",
        words: isKept ? "Keep it no longer" : "Keep this artwork",
        key: "K",
        act: () => void toggleKept(),
      },
      { icon: "save", words: "Save as a picture", key: "S", act: commands.savePicture },
      { icon: "share", words: "Share a link", key: "L", act: commands.share },
      { icon: "wall", words: "Kept works", key: "W", act: commands.openKept },
      { icon: "history", words: "What was that?", key: "H", act: commands.openHistory },
      { icon: "data", words: "Your data", key: "D", act: commands.openYourData },
    ];
    const rows = items.map(({ icon: name, words, key, act }) => {
      const row = node(
        "button",
        { type: "button", class: "menu-item" },
        node("span", {}, words),
        node("kbd", {}, key),
      );
      row.prepend(icon(name));
      row.addEventListener("click", () => {
        room.close();
        act();
      });
      return node("li", {}, row);
    });
    rows[0]?.querySelector("button")?.setAttribute("autofocus", "");
    room.body.replaceChildren(node("ul", { class: "menu-items" }, ...rows));
    room.open();
  };
}
