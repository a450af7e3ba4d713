// Shows art as fast as the address says, and logs what is on screen, so that the log has what dies with the page.
import { grantedGenome } from "/delivery-test/lib/draw.js";
import { createClient } from "/delivery-test/lib/index.js";
import { createStock } from "/delivery-test/lib/stock.js";

const query = new URLSearchParams(location.search);
const everyMs = Number(query.get("every") ?? 200);
let isServed = false;
const wall = document.querySelector("#wall");
const client = createClient({ log: () => {}, release: query.get("release") ?? undefined });
const stock = createStock(client, {
  low: 11,
  order: 50,
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
  await client.impression(artwork.id, artwork);
  wall.textContent = `artwork ${artwork.id}`;
  window.delivery.shown++;
  console.info(`shown ${sessionId} ${artwork.id > 0 ? artwork.id : artwork.genome}`);
}

/** What the journal holds, of all pages: read past the library. */
const undelivered = () =>
  new Promise((resolve) => {
    const opening = indexedDB.open("artfresh");
    opening.onsuccess = () => {
      const counting = opening.result.transaction("batch").objectStore("batch").count();
      counting.onsuccess = () => resolve(counting.result + client.stats.unsent);
      opening.result.close();
    };
  });

window.delivery = { undelivered, client, shown: 0, isShowing: true };
addEventListener("pageshow", ({ persisted }) => {
  window.delivery.isRestored = persisted;
});
setInterval(showNext, everyMs);
