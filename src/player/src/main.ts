import { type Client, createClient } from "artfresh";
import { Exhibition } from "./exhibition.js";

declare global {
  interface Window {
    /** For tests and the curious: the client, and what the player is doing. Nothing here changes anything. */
    readonly artfresh?: { readonly client: Exhibition["client"]; readonly player: Exhibition["player"] };
  }
}

const client: Client = createClient();
// The session opens while the page finds out how to draw. Where it fails, asking for art tries again and says so.
const ready = client.ready();
const exhibition: Exhibition = new Exhibition(client);
ready.catch((error: { readonly code?: string }) => exhibition.explain(error.code));
// A page that goes to the back/forward cache may come back, and show what it has.
addEventListener("pagehide", ({ persisted }) => persisted || exhibition.player.leave());
Object.defineProperty(window, "artfresh", {
  value: Object.freeze({ client: exhibition.client, player: exhibition.player }),
});
