/**
 * Calls `hidden` when the page may never run again (hidden, frozen or left) and `visible` when it is back, also from the back/forward cache
 * or from being frozen. On phones, being hidden is the last event that a page gets. Returns a function that removes the listeners.
 */
export function whenHidden(hidden: (isLeft: boolean) => void, visible: () => void): () => void {
  const offs: (() => void)[] = [];
  const on = (target: EventTarget | undefined, type: string, listener: (event: Event) => void) => {
    target?.addEventListener(type, listener);
    offs.push(() => target?.removeEventListener(type, listener));
  };
  const { document, window } = globalThis as Partial<typeof globalThis>;
  // visibilitychange fires on document, pagehide and pageshow on window only.
  on(document, "visibilitychange", () => (document?.hidden ? hidden(false) : visible()));
  on(document, "freeze", () => hidden(true));
  on(document, "resume", visible);
  on(window, "pagehide", () => hidden(true));
  on(window, "pageshow", (event) => (event as PageTransitionEvent).persisted && visible());
  return () => {
    for (const off of offs) off();
  };
}
