// Shows art as fast as the address says, and logs what is on screen, so that the log has what dies with the page.
import { undelivered } from "/delivery-test/journal.js";
import { grantedGenome } from "/delivery-test/lib/draw.js";
import { createClient } from "/delivery-test/lib/index.js";
import { createStock } from "/delivery-test/lib/stock.js";

const query = new URLSearchParams(location.search);
const everyMs = Number(query.get("every") ?? 200);
/** Time for a line of the log to leave the page. */
const logMs = 100;
let isServed = false;
const wall = document.querySelector("#wall");
const client = createClient({
  log: () => {},
  baseUrl: query.get("server") ?? undefined,
  release: query.get("release") ?? undefined,
  getToken: query.has("signs-in") ? () => window.token : undefined,
});
const stock = createStock(client, {
  prefetch: async () => {},
  draw: (_, nextSeed) => {
    // A server that is slow to start is no event: the show begins with what it serves.
    if (!isServed) return undefined;
    const seed = nextSeed();
    return seed === undefined ? undefined : grantedGenome(seed);
  },
});

async function showNext() {
  // Whose session this is, also where another listener comes while it is recorded.
  const { sessionId } = client.session ?? {};
  if (!sessionId) return client.ready().catch(() => {});
  const artwork = window.delivery.isShowing && !document.hidden ? stock.take() : undefined;
  if (!artwork) return;
  isServed = true;
  const name = `${sessionId} ${artwork.id > 0 ? artwork.id : artwork.genome}`;
  console.info(`taken ${name}`);
  // The log is ahead of the journal, also if the page is killed now.
  await new Promise((resolve) => setTimeout(resolve, logMs));
  if (client.session?.sessionId !== sessionId) return;
  if (!window.delivery.isShowing) return stock.put(artwork);
  await client.impression(artwork.id, artwork);
  wall.textContent = `artwork ${artwork.id}`;
  console.info(`shown ${name}`);
}

window.delivery = {
  client,
  isShowing: true,
  undelivered: () => undelivered(client),
  stop() {
    window.delivery.isShowing = false;
  },
  end: () => stock.end(),
};
addEventListener("pageshow", ({ persisted }) => {
  window.delivery.isRestored = persisted;
});
setInterval(showNext, everyMs);
