/**
 * Calls `hidden` when the page may never run again (it hides, or is left) and `visible` when it is back, also out of the
 * back/forward cache. On phones hiding is the last thing that a page is told. Returns what takes the listeners off.
 */
export function whenHidden(hidden: () => void, visible: () => void): () => void {
  if (typeof document === "undefined") return () => {};
  const onVisibility = () => (document.visibilityState === "hidden" ? hidden() : visible());
  const onPageShow = (event: PageTransitionEvent) => event.persisted && visible();
  // visibilitychange fires on document, pagehide and pageshow on window only.
  document.addEventListener("visibilitychange", onVisibility);
  window.addEventListener("pagehide", hidden);
  window.addEventListener("pageshow", onPageShow);
  return () => {
    document.removeEventListener("visibilitychange", onVisibility);
    window.removeEventListener("pagehide", hidden);
    window.removeEventListener("pageshow", onPageShow);
  };
}
