// Shows art on every picture of the page.
import { watch } from "/delivery-test/gallery.js";
import { createClient, showOn } from "/delivery-test/lib/index.js";
import { createStock } from "/delivery-test/lib/stock.js";

const client = createClient({ log: () => {}, release: new URLSearchParams(location.search).get("release") });
const showings = [...document.querySelectorAll("img")].map((picture) =>
  showOn(picture, { client, every: 1.5 }),
);
watch(
  client,
  () => showings.forEach(({ stop }) => stop()),
  () => createStock(client).end(),
);
