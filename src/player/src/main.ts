import { type Client, createClient } from "artfresh";
import { chosenConsent, followConsent } from "./consent.js";
import { Exhibition } from "./exhibition.js";

declare global {
  interface Window {
    /** For tests and debugging: the client and the player. */
    readonly artfresh?: { readonly client: Exhibition["client"]; readonly player: Exhibition["player"] };
  }
}

const client: Client = createClient({ consent: chosenConsent() });
followConsent();
// Opens the session while the page finds out how to draw. If that fails, the first request for art tries again and shows the error.
const ready = client.ready();
const exhibition: Exhibition = new Exhibition(client);
ready.catch((error: { readonly code?: string }) => exhibition.explain(error.code));
const [, sharedId] = /^\/artwork\/(\d+)$/.exec(location.pathname) ?? [];
if (sharedId) void exhibition.showShared(Number(sharedId));
if (new URLSearchParams(location.search).has("kiosk")) exhibition.openKiosk();
Object.defineProperty(window, "artfresh", {
  value: Object.freeze({ client: exhibition.client, player: exhibition.player }),
});
