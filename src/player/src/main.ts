import { createClient } from "artfresh";
import { Exhibition } from "./exhibition.js";

declare global {
  interface Window {
    /** For tests and the curious: the client, and what the player is doing. Nothing here changes anything. */
    readonly artfresh?: { readonly client: Exhibition["client"]; readonly player: Exhibition["player"] };
  }
}

const exhibition: Exhibition = new Exhibition(createClient());
Object.defineProperty(window, "artfresh", {
  value: Object.freeze({ client: exhibition.client, player: exhibition.player }),
});
