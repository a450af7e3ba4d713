import { createRoom } from "../mine/room.js";
import { node } from "../node.js";
import { songOfAddress, songsOfFiles } from "../songs.js";
import type { ChoosePorts } from "./ports.js";

/** The room of other sources of sound: a folder, a stream, what a tab plays, another microphone. Returns a function that opens it. */
export function createSources(ports: ChoosePorts): () => void {
  const room = createRoom("sources", "More ways to listen");
  const go = (act: () => void) => (): void => {
    room.close();
    act();
  };

  const folder = node("input", { type: "file", webkitdirectory: "" });
  folder.hidden = true;
  const openFolder = node("button", { type: "button", class: "choice" }, "Choose a folder");
  openFolder.addEventListener("click", () => folder.click());
  folder.addEventListener("change", () => {
    const songs = songsOfFiles(folder.files ?? []);
    folder.value = "";
    if (songs.length === 0) ports.say("That folder has no songs.");
    else go(() => ports.play(songs))();
  });

  const address = node("input", {
    type: "url",
    id: "stream-address",
    class: "field",
    required: "",
    placeholder: "https://",
    autocomplete: "url",
    spellcheck: "false",
  });
  const stream = node(
    "form",
    { class: "sources-row" },
    node("label", { for: "stream-address", class: "unseen" }, "Address of a stream or a song"),
    address,
    node("button", { type: "submit", class: "choice" }, "Play"),
  );
  stream.addEventListener("submit", (event) => {
    event.preventDefault();
    const song = songOfAddress(address.value);
    if (song) go(() => ports.play([song]))();
    else ports.say("That is not an address of a stream. It begins with https://.");
  });

  const microphones = node("select", { id: "microphones", class: "field" });
  const listen = node("button", { type: "button", class: "choice" }, "Listen");
  listen.addEventListener(
    "click",
    go(() => ports.listen("microphone", microphones.value || undefined)),
  );
  const share = node("button", { type: "button", class: "choice" }, "Share a tab or a screen");
  share.addEventListener(
    "click",
    go(() => ports.listen("shared")),
  );

  const source = (title: string, note: string, ...parts: HTMLElement[]): HTMLElement =>
    node("section", { class: "source" }, node("h3", {}, title), node("p", {}, note), ...parts);
  room.body.append(
    source("A folder of songs", "They stay on this device.", openFolder, folder),
    source(
      "A stream by its address",
      "Internet radio or a song whose server lets other sites read it (CORS).",
      stream,
    ),
  );
  if (typeof navigator.mediaDevices?.getDisplayMedia === "function")
    room.body.append(
      source("What a tab plays", "Share it with its sound. Its picture is not looked at.", share),
    );
  room.body.append(
    source(
      "Another microphone",
      "Nothing that it hears leaves this device.",
      node(
        "div",
        { class: "sources-row" },
        node("label", { for: "microphones", class: "unseen" }, "Microphone"),
        microphones,
        listen,
      ),
    ),
  );
  return () => {
    void showMicrophones(microphones);
    room.open();
  };
}

/** Browsers name them only after the listener has allowed one. */
async function showMicrophones(list: HTMLSelectElement): Promise<void> {
  const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  const inputs = devices.filter(({ kind, deviceId }) => kind === "audioinput" && deviceId);
  list.replaceChildren(
    node("option", { value: "" }, "The usual one"),
    ...inputs.map(({ deviceId, label }, i) =>
      node("option", { value: deviceId }, label || `Microphone ${i + 1}`),
    ),
  );
}
