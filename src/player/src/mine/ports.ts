import type { Artwork, Client } from "artfresh";
import type { Keeping } from "../keeping.js";

/** What the listener's own rooms use of the page. */
export interface MinePorts {
  readonly client: Client;
  readonly keeping: Keeping;
  /** The artwork on screen. */
  current(): Artwork | null;
  /** Shows an artwork again on purpose. */
  revisit(artwork: Artwork): void;
  /** Call it after an artwork was kept or is kept no longer. */
  onKept(): void;
  say(text: string): void;
  /** Stops requesting art, and ends the session. */
  finish(): Promise<void>;
}

/** What a listener can do with what is theirs, by key, gesture or button. */
export interface MineCommands {
  openMenu(): void;
  /** The wall of kept works. */
  openKept(): void;
  /** "What was that?" */
  openHistory(): void;
  openYourData(): void;
  savePicture(): void;
  share(): void;
}
