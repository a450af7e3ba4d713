import { later } from "../later.js";
import type { Stage } from "../stage/stage.js";
import { button } from "./element.js";

/** A window of the art's own, above all others. */
export interface FloatingCommands {
  /** Opens it, or closes it. */
  toggleFloating(): void;
}

/** Shows the button of the window where the browser has such windows. */
export function createFloating(stage: Stage, say: (text: string) => void): FloatingCommands {
  const commands = later<FloatingCommands>(
    ["toggleFloating"],
    async () => ({ toggleFloating: (await import("./floatingWindow.js")).createFloatingWindow(stage, say) }),
    say,
  );
  button("float", commands.toggleFloating).hidden = !("documentPictureInPicture" in window);
  return commands;
}
