import { later } from "../later.js";
import type { ChooseCommands, ChoosePorts } from "./ports.js";

/** The commands of the rooms of songs and sources. */
export function createChoose(ports: ChoosePorts): ChooseCommands {
  return later<ChooseCommands>(
    ["openSongs", "openSources"],
    async () => (await import("./rooms.js")).createRooms(ports),
    ports.say,
  );
}
