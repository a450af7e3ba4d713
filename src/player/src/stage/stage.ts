import type { Artwork } from "artfresh";
import { type ArtMotion, type ArtRenderer, createArtRenderer } from "../art/renderer.js";
import { type Pulse, STILL } from "../listening/pulse.js";
import { blend, ease } from "./blend.js";
import { loadPicture, type Picture } from "./picture.js";
import { drawsQuickly } from "./quickDrawing.js";
import { Resolution } from "./resolution.js";

const FADE_SECONDS = 1.5;
const CALM_FADE_SECONDS = 2.5;
const HANGINGS_MAX = 4;
/** From this opacity on, an artwork that fades in is on screen. */
const SEEN_OPACITY = 0.1;
/** Beyond this the eye gains nothing and a large screen loses its pace. */
const CANVAS_PIXELS_MAX = 2_100_000;

interface Hung {
  readonly artwork: Artwork;
  readonly picture: Picture | null;
  readonly seen: (at: number | null) => void;
  /** Drawn at all, if faintly. */
  isPainted: boolean;
  isSeen: boolean;
  progress: number;
}

/** The wall: shows one artwork, fades to the next, and moves what is shown with the music. */
export class Stage {
  readonly #canvas: HTMLCanvasElement;
  readonly #pictures: HTMLElement;
  readonly #calm: MediaQueryList = matchMedia("(prefers-reduced-motion: reduce)");
  readonly #ready = new Map<number, Picture>();
  readonly #resolution = new Resolution();
  #renderer: ArtRenderer | null;
  #hung: Hung[] = [];
  #pulse: Pulse = STILL;
  #isMoving = true;
  #time = 0;
  #lastFrame = 0;
  #needsDraw = true;
  #hasShown = false;
  #coarse: Picture[] = [];

  /** `canvas` takes the drawn art, `pictures` is the element above it for images. */
  constructor(canvas: HTMLCanvasElement, pictures: HTMLElement) {
    this.#canvas = canvas;
    this.#pictures = pictures;
    this.#renderer = drawsQuickly() ? createArtRenderer(canvas) : null;
    canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      this.#renderer?.dispose();
      this.#renderer = null;
      this.#canvas.hidden = true;
      void this.#rehang();
    });
    canvas.addEventListener("webglcontextrestored", () => {
      this.#renderer = drawsQuickly() ? createArtRenderer(canvas) : null;
      this.#canvas.hidden = this.#renderer === null;
      this.#resize();
    });
    this.#canvas.hidden = this.#renderer === null;
    addEventListener("resize", () => this.#resize());
    this.#resize();
    requestAnimationFrame((now) => this.#frame(now));
  }

  /** Whether art is drawn here, rather than shown as images. */
  get isDrawing(): boolean {
    return this.#renderer !== null;
  }

  /** What the sound does to the art from now on. */
  set pulse(pulse: Pulse) {
    this.#pulse = pulse;
  }

  /** Held still while paused. */
  set isMoving(isMoving: boolean) {
    this.#isMoving = isMoving;
  }

  /** Makes an artwork ready to be shown at once. Rejects where its picture does not load. */
  async prepare(artwork: Artwork): Promise<void> {
    if (this.#isDrawn(artwork) || this.#ready.has(artwork.id)) return;
    const isUrgent = !this.#hasShown;
    const picture = await loadPicture(artwork, isUrgent);
    this.#ready.set(artwork.id, picture);
    if (isUrgent) this.#refineOnceShown(picture);
  }

  /**
   * Fades to the artwork. Resolves when it is on screen with the time of that (milliseconds, as `performance.now`), or with null
   * where it was replaced before it ever was. Rejects where its picture does not load.
   */
  async show(artwork: Artwork): Promise<number | null> {
    await this.prepare(artwork);
    const picture = this.#isDrawn(artwork) ? null : (this.#ready.get(artwork.id) ?? null);
    this.#ready.delete(artwork.id);
    return new Promise((seen) => {
      // The first artwork has nothing to fade from: it is there at once.
      const progress = this.#hung.length === 0 ? 1 : 0;
      if (picture) this.#pictures.append(picture.element);
      this.#hung.push({ artwork, picture, seen, isPainted: false, isSeen: false, progress });
      while (this.#hung.length > HANGINGS_MAX) this.#takeDown(1);
      this.#needsDraw = true;
    });
  }

  /** Before the first artwork is up, anything finer would only be in its way. */
  #refineOnceShown(picture: Picture): void {
    if (this.#hasShown) picture.refine();
    else this.#coarse.push(picture);
  }

  #isDrawn(artwork: Artwork): boolean {
    return this.#renderer !== null && artwork.genome !== null;
  }

  #takeDown(count: number): void {
    for (const hung of this.#hung.splice(0, count)) {
      hung.picture?.element.remove();
      // However faint it was when it went, it may have been seen.
      if (!hung.isSeen) hung.seen(hung.isPainted ? performance.now() : null);
    }
  }

  /** Without the canvas, what it showed is shown as an image. */
  async #rehang(): Promise<void> {
    const top = this.#hung.at(-1);
    if (!top || top.picture) return;
    const picture = await loadPicture(top.artwork, false).catch(() => null);
    if (!picture || this.#renderer || this.#hung.at(-1) !== top) return;
    this.#pictures.append(picture.element);
    this.#hung = [{ ...top, picture, progress: 1 }];
  }

  #resize(): void {
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const pixels = innerWidth * innerHeight * ratio * ratio;
    const fit = Math.min(1, Math.sqrt(CANVAS_PIXELS_MAX / Math.max(1, pixels)));
    const scale = ratio * fit * this.#resolution.scale;
    this.#renderer?.resize(
      Math.max(1, Math.round(innerWidth * scale)),
      Math.max(1, Math.round(innerHeight * scale)),
    );
    this.#needsDraw = true;
  }

  #frame(now: number): void {
    requestAnimationFrame((next) => this.#frame(next));
    const elapsed = now - this.#lastFrame;
    this.#lastFrame = now;
    const seconds = Math.min(0.25, elapsed / 1000);
    const top = this.#hung.at(-1);
    if (!top) return;

    const isFading = top.progress < 1;
    const isAnimated = this.#isMoving && !this.#calm.matches;
    if (!isFading && !isAnimated && !this.#needsDraw) return;
    this.#needsDraw = false;
    if (isAnimated) this.#time += seconds;
    for (const hung of this.#hung) {
      hung.progress += seconds / (this.#calm.matches ? CALM_FADE_SECONDS : FADE_SECONDS);
    }
    if (top.progress >= 1) this.#takeDown(this.#hung.length - 1);
    // Before the drawing: a canvas whose size is set is empty.
    if (isAnimated && this.#renderer && this.#resolution.frame(elapsed)) this.#resize();
    this.#paint();
  }

  #paint(): void {
    const opacities = blend(
      this.#hung.map(({ picture, progress }) => ({ isDrawn: !picture, opacity: ease(progress) })),
    );
    const layers = [];
    for (const [i, { artwork, picture }] of this.#hung.entries()) {
      const opacity = opacities[i] ?? 1;
      if (picture) this.#place(picture, opacity);
      else if (artwork.genome !== null) layers.push({ genome: artwork.genome, opacity });
    }
    if (layers.length > 0) this.#renderer?.draw(layers, this.#motion());
    this.#reportSeen();
  }

  #motion(): ArtMotion {
    return this.#calm.matches ? { time: 0, ...STILL } : { time: this.#time, ...this.#pulse };
  }

  #place({ element, image }: Picture, opacity: number): void {
    element.style.opacity = String(opacity);
    const { loudness, onset } = this.#motion();
    const drift = this.#calm.matches ? 0 : 0.015 + 0.015 * Math.sin(this.#time * 0.11);
    image.style.transform = `scale(${(1 + drift + 0.012 * loudness + 0.01 * onset).toFixed(4)})`;
  }

  /** What was drawn in this frame is on screen when the next one begins. */
  #reportSeen(): void {
    for (const hung of this.#hung) hung.isPainted ||= hung.progress > 0;
    const seen = this.#hung.filter(({ isSeen, progress }) => !isSeen && ease(progress) >= SEEN_OPACITY);
    if (seen.length === 0) return;
    for (const hung of seen) hung.isSeen = true;
    requestAnimationFrame(() => {
      const at = performance.now();
      for (const hung of seen) hung.seen(at);
      this.#hasShown = true;
      for (const picture of this.#coarse.splice(0)) picture.refine();
    });
  }
}
