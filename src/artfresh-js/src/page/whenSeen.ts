export interface SeenOptions {
  /** Share of the element, or of the window where that is smaller, that has to be visible, in (0, 1]; a half by default. */
  share?: number | undefined;
  /** Milliseconds that it has to be so without a break; 1,000 by default. */
  ms?: number | undefined;
}

/**
 * Calls `seen` once that share of the element has been in view for that time, in a page that is not hidden.
 * Returns what stops watching.
 */
export function whenSeen(
  element: Element,
  { share = 0.5, ms = 1000 }: SeenOptions,
  seen: () => void,
): () => void {
  let isInView = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const look = () => {
    clearTimeout(timer);
    if (isInView && !document.hidden)
      timer = setTimeout(() => {
        stop();
        seen();
      }, ms);
  };

  const observer = new IntersectionObserver(
    (entries) => {
      const entry = entries.at(-1);
      if (!entry) return;
      const { intersectionRect: part, boundingClientRect: whole, rootBounds: root } = entry;
      const rootArea = root ? root.width * root.height : Number.POSITIVE_INFINITY;
      const area = Math.min(whole.width * whole.height, rootArea);
      const wasInView = isInView;
      isInView = entry.isIntersecting && part.width * part.height >= share * area;
      if (isInView !== wasInView) look();
    },
    // Fine steps, because an element larger than the window may never reach the share.
    { threshold: Array.from({ length: 21 }, (_, i) => i / 20) },
  );
  const stop = () => {
    clearTimeout(timer);
    observer.disconnect();
    document.removeEventListener("visibilitychange", look);
  };
  observer.observe(element);
  document.addEventListener("visibilitychange", look);
  return stop;
}
