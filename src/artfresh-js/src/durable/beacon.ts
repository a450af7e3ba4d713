/** Hands a body to the browser, which sends it even if the page ends; false if the browser refuses. */
export function beacon(url: string, body: object): boolean {
  try {
    // As text/plain, because other types need a preflight across origins, which the end of the page would interrupt.
    return navigator.sendBeacon(url, new Blob([JSON.stringify(body)], { type: "text/plain" }));
  } catch {
    return false;
  }
}
