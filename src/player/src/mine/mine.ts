import type { MineCommands, MinePorts } from "./ports.js";

/** The commands of the listener's own rooms, whose code is loaded at the first use: most visits need none of it. */
export function createMine(ports: MinePorts): MineCommands {
  let loading: Promise<MineCommands> | undefined;
  const load = (): Promise<MineCommands> => {
    loading ??= import("./rooms.js").then(
      ({ createRooms }) => createRooms(ports),
      (error) => {
        loading = undefined;
        throw error;
      },
    );
    return loading;
  };
  const later = (command: keyof MineCommands) => (): void =>
    void load().then(
      (rooms) => rooms[command](),
      () => ports.say("That can't be opened without a connection."),
    );
  return {
    openMenu: later("openMenu"),
    openKept: later("openKept"),
    openHistory: later("openHistory"),
    openYourData: later("openYourData"),
    savePicture: later("savePicture"),
    share: later("share"),
  };
}
