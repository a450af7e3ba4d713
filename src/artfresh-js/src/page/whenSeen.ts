export interface SeenOptions {
  /** Share of the element, or of what it is seen through if that is smaller, that must be visible, in (0, 1]; 0.5 by default. */
  share?: number | undefined;
  /** Milliseconds that it must be visible without a break; 1,000 by default. */
  ms?: number | undefined;
}

/**
 * Calls `seen` once, when the element's pictures are loaded and decoded and that share of it has been visible for that time in a visible page.
 * An element that is larger than the window, its frame or a box that scrolls it counts by the share of these.
 * Returns a function that stops watching.
 */
export function whenSeen(
  element: Element,
  { share = 0.5, ms = 1000 }: SeenOptions,
  seen: () => void,
): () => void {
  let isInView = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let turn = 0;

  const end = () => {
    stop();
    seen();
  };
  const restart = async () => {
    const mine = ++turn;
    clearTimeout(timer);
    if (!isInView || document.hidden) return;
    const pictures = element instanceof HTMLImageElement ? [element] : [...element.querySelectorAll("img")];
    // Waits for pictures that are loading. One that cannot be shown may get another address, and then says so.
    await Promise.all(pictures.map((picture) => picture.decode())).then(
      () => {
        if (mine === turn) timer = setTimeout(end, ms);
      },
      () => {},
    );
  };
  const unwatch = watchView(element, share, (isNow, isEmpty) => {
    if (isInView === (isNow && !isEmpty)) return;
    isInView = !isInView;
    void restart();
  });
  const stop = () => {
    turn++;
    clearTimeout(timer);
    unwatch();
    document.removeEventListener("visibilitychange", restart);
    element.removeEventListener("load", restart, true);
  };
  document.addEventListener("visibilitychange", restart);
  element.addEventListener("load", restart, true);
  return stop;
}

/**
 * Calls `changed` when that share of the element comes into view or leaves it, and at first.
 * Returns a function that stops watching.
 */
export function watchView(
  element: Element,
  share: number,
  changed: (isInView: boolean, isEmpty: boolean) => void,
): () => void {
  const observer = new IntersectionObserver(
    (entries) => {
      const { isIntersecting, intersectionRect, boundingClientRect, rootBounds } =
        entries.pop() as IntersectionObserverEntry;
      const whole = areaOf(boundingClientRect);
      // What clips the element may be smaller than it. The bounds of the root are unknown in a frame of another origin.
      const seenThrough = [
        innerWidth * innerHeight,
        rootBounds ? areaOf(rootBounds) : whole,
        ...scrollersOf(element),
      ];
      const area = Math.min(whole, ...seenThrough);
      changed(isIntersecting && areaOf(intersectionRect) >= share * area * almost, !area);
    },
    // Fine steps, because an element larger than the window may never reach the share.
    { threshold: Array.from({ length: 21 }, (_, i) => i / 20) },
  );
  observer.observe(element);
  return () => observer.disconnect();
}

/** Boxes have fractions of pixels, and the size of a scroller is in whole ones. */
const almost = 0.99;

const areaOf = ({ width, height }: { width: number; height: number }) => width * height;

/** Areas of the boxes that scroll or clip the element. */
function scrollersOf(element: Element): number[] {
  const areas: number[] = [];
  for (let box = parentOf(element); box && box !== document.body; box = parentOf(box))
    if (getComputedStyle(box).overflow !== "visible" && box.clientWidth)
      areas.push(box.clientWidth * box.clientHeight);
  return areas;
}

const parentOf = (element: Element): Element | null =>
  element.parentElement ?? (element.getRootNode() as Partial<ShadowRoot>).host ?? null;
