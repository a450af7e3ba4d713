import { fetchSongs, type Song, songsOfFiles } from "../songs.js";
import { whenDropped } from "./dropping.js";
import { button, element } from "./element.js";
import { clock } from "./words.js";

export interface StartCommands {
  play(songs: readonly Song[], index: number): void;
  listen(): void;
  quiet(): void;
  /** Called when the chosen files contain no sound. */
  refuse(): void;
  back(): void;
}

/** The start screen, where the listener chooses the music. Returns a function that offers the way back once there is art on screen. */
export function createStart(commands: StartCommands): () => void {
  const file = element("file", HTMLInputElement);
  const playFiles = (files: FileList | null): void => {
    const songs = songsOfFiles(files ?? []);
    if (songs.length > 0) commands.play(songs, 0);
    else if (files && files.length > 0) commands.refuse();
  };
  button("choose-file", () => file.click());
  file.addEventListener("change", () => {
    playFiles(file.files);
    // Cleared, so that the same file can be chosen again.
    file.value = "";
  });
  button("choose-microphone", commands.listen);
  button("choose-quiet", commands.quiet);
  const back = button("back", commands.back);
  whenDropped(playFiles);
  void fetchSongs().then((songs) => offer(songs, commands));
  return () => {
    back.hidden = false;
  };
}

function offer(songs: readonly Song[], { play }: StartCommands): void {
  if (songs.length === 0) return;
  const rows = songs.map((song, index) => {
    const row = document.createElement("li");
    const press = document.createElement("button");
    press.type = "button";
    press.className = "house-song";
    press.addEventListener("click", () => play(songs, index));
    const title = document.createElement("span");
    title.dir = "auto";
    title.textContent = song.title;
    const details = document.createElement("small");
    const length = song.durationSeconds === null ? "" : clock(song.durationSeconds);
    details.textContent = [song.artist, length].filter(Boolean).join(" · ");
    press.append(title, details);
    row.append(press);
    return row;
  });
  element("house-songs", HTMLElement).replaceChildren(...rows);
  makeRoom(() => {
    element("house", HTMLElement).hidden = false;
  });
}

const MOVE_MS = 420;

/** Makes a change that moves what is above and below it, and lets that glide to its new place instead of jumping. */
function makeRoom(change: () => void): void {
  const moved = [
    ...document.querySelectorAll<HTMLElement>(".start > .wordmark, .start-words, .choices, .start-mine"),
  ];
  const before = moved.map((part) => part.getBoundingClientRect().top);
  change();
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const [i, part] of moved.entries()) {
    const by = (before[i] ?? 0) - part.getBoundingClientRect().top;
    if (by !== 0)
      part.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], {
        duration: MOVE_MS,
        easing: "cubic-bezier(0.2, 0.6, 0.2, 1)",
      });
  }
}
