import { stockSize } from "./art/stock.js";
import type { Client, ClientEvents } from "./index.js";

const everyMs = 500;
const linesMax = 8;
const types: (keyof ClientEvents)[] = ["delivered", "lost", "refused", "epoch", "withdrawn"];

/** Shows what the client does in a corner of the page: its journal, its stock, its requests and what became of them. Returns a function that removes it. */
export function showDebug(client: Client): () => void {
  const lines: string[] = [];
  const box = document.createElement("pre");
  box.style.cssText =
    "position: fixed; right: 8px; bottom: 8px; z-index: 99999; margin: 0; padding: 8px; font: 11px/1.4 monospace; color: #fff; background: #000c; pointer-events: none";
  document.body.append(box);
  const show = () => {
    const { journal, unsent, parked, delivered, dropped, rejected, displayed, calls } = client.stats;
    box.textContent = [
      `session  ${client.session?.sessionId ?? "none"}`,
      `journal  ${journal}: ${unsent} unsent, ${parked} parked`,
      `stock    ${stockSize(client)}`,
      `shown    ${displayed}: ${delivered} delivered, ${rejected} rejected, ${dropped} dropped`,
      `requests ${calls}`,
      ...lines,
    ].join("\n");
  };
  const offs = types.map((type) =>
    client.on(type, (event) => {
      lines.push(`${new Date().toLocaleTimeString()} ${type} ${JSON.stringify(event)}`);
      lines.splice(0, lines.length - linesMax);
      show();
    }),
  );
  const timer = setInterval(show, everyMs);
  show();
  return () => {
    clearInterval(timer);
    for (const off of offs) off();
    box.remove();
  };
}
