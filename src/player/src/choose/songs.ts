import { createRoom } from "../mine/room.js";
import { node } from "../node.js";
import { type Song, songsOfFiles } from "../songs.js";
import type { Repeat } from "../sound/queue.js";
import type { ChoosePorts } from "./ports.js";

const REPEATS: Readonly<Record<Repeat, string>> = {
  all: "Repeat all",
  one: "Repeat this song",
  none: "Stop at the end",
};

/** The room of the songs that play. Returns a function that opens it. */
export function createSongs(ports: ChoosePorts): () => void {
  const room = createRoom("songs", "Songs");
  const list = node("ol", { class: "songs-list" });
  const shuffle = node("button", { type: "button", class: "choice", "aria-pressed": "false" }, "Shuffle");
  const repeat = node("button", { type: "button", class: "choice" });
  const add = node("button", { type: "button", class: "choice" }, "Add songs");
  const files = node("input", {
    type: "file",
    accept: "audio/*,.ogg,.oga,.mp3,.flac,.m4a,.wav,.opus",
    multiple: "",
  });
  files.hidden = true;
  room.body.append(node("div", { class: "songs-order" }, shuffle, repeat, add, files), list);

  const show = (): void => {
    const queue = ports.queue();
    shuffle.setAttribute("aria-pressed", String(queue?.isShuffled ?? false));
    repeat.textContent = REPEATS[queue?.repeat ?? "all"];
    list.replaceChildren(...(queue?.songs ?? []).map((song) => row(song, song === queue?.current)));
  };
  const row = (song: Song, isCurrent: boolean): HTMLElement => {
    const press = node(
      "button",
      { type: "button", class: "house-song" },
      node("span", { dir: "auto" }, song.title),
      node("small", { dir: "auto" }, song.artist),
    );
    if (isCurrent) press.setAttribute("aria-current", "true");
    press.addEventListener("click", () => {
      ports.playQueued(song);
      show();
    });
    return node("li", {}, press);
  };
  shuffle.addEventListener("click", () => {
    ports.toggleShuffle();
    show();
  });
  repeat.addEventListener("click", () => {
    ports.changeRepeat();
    show();
  });
  add.addEventListener("click", () => files.click());
  files.addEventListener("change", () => {
    const songs = songsOfFiles(files.files ?? []);
    if (songs.length > 0) ports.add(songs);
    else ports.say("That file has no sound.");
    files.value = "";
    show();
  });
  return () => {
    show();
    room.open();
    list.querySelector<HTMLElement>("[aria-current]")?.focus();
  };
}
