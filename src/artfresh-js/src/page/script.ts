// What the server serves as /artfresh.js: all of the library in one file, with <art-fresh> defined.
import { defineArtFresh } from "./element.js";

export * from "../index.js";
export * from "../stock.js";
export { defineArtFresh };

// Elements without a `server` take their art from where this file came from.
defineArtFresh(undefined, "art-fresh", new URL(import.meta.url).origin);
