import "../mine/mine.css";
import "./choose.css";
import type { ChooseCommands, ChoosePorts } from "./ports.js";
import { createSongs } from "./songs.js";
import { createSources } from "./sources.js";

export function createRooms(ports: ChoosePorts): ChooseCommands {
  return { openSongs: createSongs(ports), openSources: createSources(ports) };
}
