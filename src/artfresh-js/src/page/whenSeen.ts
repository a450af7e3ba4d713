export interface SeenOptions {
  /** Share of the element, or of the window if that is smaller, that must be visible, in (0, 1]; 0.5 by default. */
  share?: number | undefined;
  /** Milliseconds that it must be visible without a break; 1,000 by default. */
  ms?: number | undefined;
}

/**
 * Calls `seen` once, when that share of the element has been visible for that time in a visible page.
 * Returns a function that stops watching.
 */
export function whenSeen(
  element: Element,
  { share = 0.5, ms = 1000 }: SeenOptions,
  seen: () => void,
): () => void {
  let isInView = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const restart = () => {
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
      if (isInView !== wasInView) restart();
    },
    // Fine steps, because an element larger than the window may never reach the share.
    { threshold: Array.from({ length: 21 }, (_, i) => i / 20) },
  );
  const stop = () => {
    clearTimeout(timer);
    observer.disconnect();
    document.removeEventListener("visibilitychange", restart);
  };
  observer.observe(element);
  document.addEventListener("visibilitychange", restart);
  return stop;
}
