import { createCollection } from "./collection.js";
import { createMenu } from "./menu.js";
import "./mine.css";
import type { MineCommands, MinePorts } from "./ports.js";
import { savePicture } from "./savePicture.js";
import { shareLink } from "./share.js";
import { createYourData } from "./yourData.js";

/** The listener's own rooms. */
export function createRooms(ports: MinePorts): MineCommands {
  const withCurrent =
    (act: (artwork: NonNullable<ReturnType<MinePorts["current"]>>) => Promise<string>) => () => {
      const artwork = ports.current();
      if (artwork) void act(artwork).then(ports.say);
      else ports.say("There is no artwork on the wall yet.");
    };
  const collection = createCollection(ports);
  const commands: MineCommands = {
    openMenu: () => openMenu(),
    openKept: collection.openKept,
    openHistory: collection.openHistory,
    openYourData: createYourData(ports),
    savePicture: withCurrent(savePicture),
    share: withCurrent(shareLink),
  };
  const openMenu = createMenu(commands, ports);
  return commands;
}
