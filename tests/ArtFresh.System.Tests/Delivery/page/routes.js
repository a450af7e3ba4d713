// A single-page app: routes with four elements each, some left at once, some before their art counts.
import { watch } from "/delivery-test/gallery.js";
import { createClient } from "/delivery-test/lib/index.js";
import { defineArtFresh } from "/delivery-test/lib/page/element.js";
import { createStock } from "/delivery-test/lib/stock.js";

const client = createClient({ log: () => {}, release: new URLSearchParams(location.search).get("release") });
const main = document.querySelector("main");
let isStopped = false;
defineArtFresh(client);
watch(
  client,
  () => {
    isStopped = true;
    main.innerHTML = "";
  },
  () => createStock(client).end(),
);

const stay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function visit(ms) {
  main.innerHTML = "<art-fresh every='0'></art-fresh>".repeat(4);
  await stay(ms);
  main.innerHTML = "";
  await stay(50);
}

for (let visits = 0; visits < 20; visits++) await visit(20);
while (!isStopped) {
  await visit(1500);
  await visit(500);
}
