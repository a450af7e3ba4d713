import type { Artwork } from "artfresh";
import { type ArtLayer, type ArtMotion, type ArtRenderer, createArtRenderer } from "../art/renderer.js";
import { type Pulse, STILL } from "../listening/rest.js";
import { blend, ease } from "./blend.js";
import { loadPicture, type Picture } from "./picture.js";
import { drawsQuickly } from "./quickDrawing.js";
import { Resolution } from "./resolution.js";

const FADE_SECONDS = 1.5;
const CALM_FADE_SECONDS = 2.5;
/** How far a fade that begins late may have come at its first frame. */
const LATE_PROGRESS_MAX = 0.25;
const HANGINGS_MAX = 4;
/** An artwork that fades in counts as on screen from this opacity on. */
const SEEN_OPACITY = 0.1;
/** Opacity at which an artwork is painted before it is recorded: less than one step of a screen's colours. */
const FAINT = 0.003;
/** The most pixels of the canvas: more are not visible, and slow down large screens. */
const CANVAS_PIXELS_MAX = 2_100_000;

interface Hung {
  readonly artwork: Artwork;
  picture: Picture | null;
  readonly record: () => Promise<unknown>;
  readonly seen: (at: number | null) => void;
  /** Whether it was painted, so faintly that nobody can see it, and `record` was called. */
  isPainted: boolean;
  /** Whether it may be seen. */
  isRecorded: boolean;
  isSeen: boolean;
  progress: number;
}

/** The wall: shows one artwork, fades to the next, and moves the art with the music. */
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

  /** `canvas` is for drawn art, `pictures` for images above it. */
  constructor(canvas: HTMLCanvasElement, pictures: HTMLElement) {
    this.#canvas = canvas;
    this.#pictures = pictures;
    this.#renderer = drawsQuickly() ? createArtRenderer(canvas) : null;
    canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      this.#stopDrawing();
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

  /** Whether the page draws the art rather than showing images. */
  get isDrawing(): boolean {
    return this.#renderer !== null;
  }

  /** Seconds of a fade, whose middle is the change. */
  get fadeSeconds(): number {
    return this.#calm.matches ? CALM_FADE_SECONDS : FADE_SECONDS;
  }

  /** Sets how the sound moves the art. */
  set pulse(pulse: Pulse) {
    this.#pulse = pulse;
  }

  /** Whether the art moves; false while paused. */
  set isMoving(isMoving: boolean) {
    this.#isMoving = isMoving;
  }

  /** Prepares an artwork to be shown at once. Rejects if its picture does not load. */
  async prepare(artwork: Artwork): Promise<void> {
    if (this.#isDrawn(artwork) || this.#ready.has(artwork.id)) return;
    const isUrgent = !this.#hasShown;
    const picture = await loadPicture(artwork, isUrgent);
    this.#ready.set(artwork.id, picture);
    if (isUrgent) this.#refineOnceShown(picture);
  }

  /**
   * Paints the artwork so faintly that nobody can see it, calls `record`, and when that has resolved fades to the artwork: what cannot be
   * painted is not recorded, and what is seen was recorded before. Resolves to the time when it was on screen (milliseconds, as `performance.now`), or to null if it was
   * replaced before that. Rejects if its picture does not load.
   * @param since When the fade should have begun, as `performance.now`.
   */
  async show(
    artwork: Artwork,
    record: () => Promise<unknown>,
    since: number = performance.now(),
  ): Promise<number | null> {
    await this.prepare(artwork);
    const picture = this.#isDrawn(artwork) ? null : (this.#ready.get(artwork.id) ?? null);
    this.#ready.delete(artwork.id);
    return new Promise((seen) => {
      // The first artwork has nothing to fade from, so it appears at once.
      const late = Math.min(LATE_PROGRESS_MAX, (performance.now() - since) / 1000 / this.fadeSeconds);
      const progress = this.#hung.length === 0 ? 1 : late;
      if (picture) this.#pictures.append(picture.element);
      this.#hung.push({
        artwork,
        picture,
        record,
        seen,
        isPainted: false,
        isRecorded: false,
        isSeen: false,
        progress,
      });
      while (this.#hung.length > HANGINGS_MAX) this.#takeDown(1);
      this.#needsDraw = true;
    });
  }

  /** Takes everything down at once. */
  clear(): void {
    this.#takeDown(this.#hung.length);
    this.#ready.clear();
    this.#renderer?.draw([], this.#motion());
  }

  /** Takes artworks off the wall at once; what is under them stays. */
  takeOff(ids: readonly number[]): void {
    const gone = this.#hung.filter(({ artwork }) => ids.includes(artwork.id));
    for (const id of ids) this.#ready.delete(id);
    if (gone.length === 0) return;
    this.#hung = this.#hung.filter((hung) => !gone.includes(hung));
    for (const { picture, seen, isSeen, isPainted } of gone) {
      picture?.element.remove();
      if (!isSeen) seen(isPainted ? performance.now() : null);
    }
    if (this.#hung.length === 0) this.#renderer?.draw([], this.#motion());
    this.#needsDraw = true;
  }

  /** Loads the full picture after the first artwork is on screen, so that it does not delay it. */
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
      // It was recorded, however low its opacity was.
      if (!hung.isSeen) hung.seen(hung.isPainted ? performance.now() : null);
    }
  }

  get #top(): Hung | undefined {
    return this.#hung[this.#hung.length - 1];
  }

  /** From here on art is shown as images. */
  #stopDrawing(): void {
    this.#renderer?.dispose();
    this.#renderer = null;
    this.#canvas.hidden = true;
    void this.#rehang();
  }

  /** Shows the drawn artworks as images after the canvas was lost. */
  async #rehang(): Promise<void> {
    const top = this.#top;
    if (!top || top.picture) return;
    const picture = await loadPicture(top.artwork, false).catch(() => null);
    if (!picture || this.#renderer || this.#top !== top) return;
    this.#pictures.append(picture.element);
    this.#takeDown(this.#hung.length - 1);
    Object.assign(top, { picture, progress: 1 });
    this.#needsDraw = true;
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
    const top = this.#top;
    if (!top) return;

    const isFading = top.isRecorded && top.progress < 1;
    const isAnimated = this.#isMoving && !this.#calm.matches;
    if (!isFading && !isAnimated && !this.#needsDraw) return;
    this.#needsDraw = false;
    if (isAnimated) this.#time += seconds;
    for (const hung of this.#hung) if (hung.isRecorded) hung.progress += seconds / this.fadeSeconds;
    if (top.isRecorded && top.progress >= 1) this.#takeDown(this.#hung.length - 1);
    // Before drawing, because setting the size clears the canvas.
    if (isAnimated && this.#renderer && this.#resolution.frame(elapsed)) this.#resize();
    this.#paint();
  }

  #paint(): void {
    const opacities = blend(
      this.#hung.map(({ picture, progress, isRecorded }) => ({
        isDrawn: !picture,
        opacity: isRecorded ? Math.max(FAINT, ease(progress)) : FAINT,
      })),
    );
    const layers = [];
    for (const [i, { artwork, picture }] of this.#hung.entries()) {
      const opacity = opacities[i] ?? 1;
      if (picture) this.#place(picture, opacity);
      else if (artwork.genome !== null) layers.push({ genome: artwork.genome, opacity });
    }
    // A drawing with nothing drawn below it is at full opacity.
    const isBare = this.#hung.some(({ picture, isRecorded }) => !picture && isRecorded);
    this.#canvas.style.visibility = isBare ? "" : "hidden";
    const isDrawn = layers.length > 0 && this.#draw(layers);
    for (const hung of this.#hung) if (!hung.isPainted && (hung.picture || isDrawn)) this.#record(hung);
    this.#reportSeen();
  }

  /** Whether the layers are on the canvas. */
  #draw(layers: readonly ArtLayer[]): boolean {
    try {
      return this.#renderer?.draw(layers, this.#motion()) ?? false;
    } catch (error) {
      console.error("[Art] drawing failed; showing pictures", error);
      this.#stopDrawing();
      return false;
    }
  }

  #record(hung: Hung): void {
    hung.isPainted = true;
    void hung.record().then(() => {
      hung.isRecorded = true;
      this.#needsDraw = true;
    });
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

  /** Reports the artworks of the previous frame, which is on screen when the next one begins. */
  #reportSeen(): void {
    const seen = this.#hung.filter(
      ({ isRecorded, isSeen, progress }) => isRecorded && !isSeen && ease(progress) >= SEEN_OPACITY,
    );
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
