import { type Errand, holdMs } from "./errand.js";

/** Where a page that may come back out of the back/forward cache leaves its last requests, to be sent if it stays away. */
export interface Courier {
  /** They are on their way after `holdMs`. False where there is nobody to leave them with. */
  leave(errands: Errand[]): boolean;
  /** The page is back. When it left, where its errands may have been run since. */
  takeBack(): number | undefined;
}

/** A worker that is late with its errand is later still in hearing that it is taken back. */
const marginMs = 500;

/** A shared worker is one only where it outlives its pages (Chromium has it); elsewhere, or forbidden by the page's policy, there is none. */
export function createCourier(): Courier {
  let port: MessagePort | undefined;
  let leftMs = 0;
  try {
    if (outlivesPages()) {
      const worker = new SharedWorker(new URL("./courierWorker.js", import.meta.url), {
        type: "module",
        name: "artfresh",
        extendedLifetime: true,
      } as WorkerOptions);
      worker.port.onmessage = () => {
        port = worker.port;
      };
    }
  } catch {
    // In a sandboxed document, or where this library comes from another origin.
  }
  return {
    leave(errands) {
      leftMs = Date.now();
      port?.postMessage(errands);
      return !!port;
    },
    takeBack() {
      port?.postMessage([]);
      return Date.now() - leftMs < holdMs - marginMs ? undefined : leftMs;
    },
  };
}

/** Options are read before the address is, and so without a worker being made. */
function outlivesPages(): boolean {
  let isRead = false;
  try {
    new SharedWorker("http://[", {
      get extendedLifetime() {
        isRead = true;
        return true;
      },
    } as WorkerOptions);
  } catch {}
  return isRead;
}
