import { openDatabase } from "./database.js";
import { type Errand, holdMs } from "./errand.js";
import type { Batch } from "./journal.js";

/** A shared worker's own scope, of which no library beside the DOM's tells. */
const scope = globalThis as unknown as { onconnect: (event: MessageEvent) => void };

scope.onconnect = ({ ports: [port] }) => {
  if (!port) return;
  let leaving: ReturnType<typeof setTimeout> | undefined;
  // None: the page is back.
  port.onmessage = ({ data: errands }: MessageEvent<Errand[]>) => {
    clearTimeout(leaving);
    leaving = setTimeout(() => errands.forEach(run), holdMs);
  };
  // Never again: a message to a page in the back/forward cache throws it out.
  port.postMessage("ready");
};

/** What the answer covers is forgotten, so that no later page has to ask; the journal keeps the rest. */
async function run({ url, body, batchId, lastNumber }: Errand): Promise<void> {
  try {
    const response = await fetch(url, { method: "POST", credentials: "include", body: JSON.stringify(body) });
    const { highWater } = await response.json();
    if (highWater >= lastNumber) await (await openDatabase()).write([], [{ batchId } as Batch]);
  } catch {
    // Not delivered: the next page finds it.
  }
}
