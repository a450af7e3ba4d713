// What pages with pictures have in common: a log of what is on screen, found by looking at the page rather than by asking the library.
import { undelivered } from "/delivery-test/journal.js";

const lookEveryMs = 50;
/** Less than the second after which an artwork counts, and more: a busy page may be late. */
const takenMs = 800;
const shownMs = 1200;

/**
 * @param stop Stops showing art.
 * @param end Ends the stock.
 */
export function watch(client, stop, end) {
  /** By picture, its artwork and since when it is seen. */
  const seen = new Map();
  const looking = setInterval(() => {
    for (const picture of pictures()) {
      const [, id] = (isSeen(picture) && /\/art\/(\d+)\.png/.exec(picture.currentSrc)) || [];
      const before = seen.get(picture);
      if (before?.id !== id) seen.set(picture, { id, sinceMs: performance.now() });
      if (!id || before?.id !== id) continue;
      const forMs = performance.now() - before.sinceMs;
      const name = `${client.session.sessionId} ${id}`;
      if (forMs >= takenMs) console.info(`taken ${name}`);
      if (forMs >= shownMs) console.info(`shown ${name}`);
    }
  }, lookEveryMs);
  window.delivery = {
    client,
    undelivered: () => undelivered(client),
    stop() {
      clearInterval(looking);
      stop();
    },
    end,
  };
}

const pictures = () => [
  ...document.querySelectorAll("img"),
  ...[...document.querySelectorAll("art-fresh")].flatMap(({ shadowRoot }) => [
    ...shadowRoot.querySelectorAll("img"),
  ]),
];

/** Whether half of it, or half of what it is seen through, is on screen. */
function isSeen(picture) {
  if (document.hidden || !picture.complete || !picture.naturalWidth) return false;
  const box = picture.getBoundingClientRect();
  const throughs = [new DOMRect(0, 0, innerWidth, innerHeight), ...scrollers(picture)];
  const visible = throughs.reduce(overlap, box);
  const whole = Math.min(...[box, ...throughs].map(area));
  return whole > 0 && area(visible) >= whole / 2;
}

const area = ({ width, height }) => width * height;

function overlap(one, other) {
  const [left, top] = [Math.max(one.left, other.left), Math.max(one.top, other.top)];
  const width = Math.max(0, Math.min(one.right, other.right) - left);
  return new DOMRect(left, top, width, Math.max(0, Math.min(one.bottom, other.bottom) - top));
}

function scrollers(element) {
  const boxes = [];
  for (let box = element.parentElement; box && box !== document.body; box = box.parentElement)
    if (getComputedStyle(box).overflow !== "visible") boxes.push(box.getBoundingClientRect());
  return boxes;
}
