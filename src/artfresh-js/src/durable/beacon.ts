/** Hands a body to the browser, to be sent as JSON whatever becomes of the page; false when it refuses. */
export function beacon(url: string, body: object): boolean {
  try {
    // text/plain: any other type needs a preflight across origins, and loses its race with the end of the page.
    return navigator.sendBeacon(url, new Blob([JSON.stringify(body)], { type: "text/plain" }));
  } catch {
    return false;
  }
}
