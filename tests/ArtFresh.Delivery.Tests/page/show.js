// Shows art as fast as the address says, and tells the console what is on screen: what dies with the page was told before.
import { createClient } from "/delivery-test/lib/index.js";

const everyMs = Number(new URLSearchParams(location.search).get("every") ?? 200);
const wall = document.querySelector("#wall");
const client = createClient({ log: () => {} });
const stock = [];
let asking = false;

async function restock() {
  if (asking || stock.length > 10) return;
  asking = true;
  try {
    stock.push(...(await client.fresh({ count: 50 })));
  } catch {
    // The next turn asks again.
  } finally {
    asking = false;
  }
}

async function showNext() {
  void restock();
  const artwork = window.delivery.isShowing && !document.hidden ? stock.shift() : undefined;
  if (!artwork) return;
  await client.impression(artwork.id);
  wall.textContent = `artwork ${artwork.id}`;
  window.delivery.shown++;
  const { sessionId } = await client.ready();
  console.info(`shown ${sessionId} ${artwork.id}`);
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
