import { later } from "../later.js";
import type { MineCommands, MinePorts } from "./ports.js";

/** The commands of the listener's own rooms. */
export function createMine(ports: MinePorts): MineCommands {
  return later<MineCommands>(
    ["openMenu", "openKept", "openHistory", "openYourData", "savePicture", "share"],
    async () => (await import("./rooms.js")).createRooms(ports),
    ports.say,
  );
}
