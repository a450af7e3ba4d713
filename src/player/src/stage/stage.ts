import type { Artwork } from "artfresh";
import { type ArtLayer, type ArtMotion, type ArtRenderer, createArtRenderer } from "../art/renderer.js";
import { type Pulse, STILL } from "../listening/rest.js";
import { blend, ease } from "./blend.js";
import { FlashGuard } from "./flashGuard.js";
import { Hangings, type Hung } from "./hangings.js";
import { loadPicture, type Picture, portraitOf } from "./picture.js";
import { drawsQuickly } from "./quickDrawing.js";
import { Resolution } from "./resolution.js";

const FADE_SECONDS = 1.5;
const CALM_FADE_SECONDS = 2.5;
/** How far a fade that begins late may have come at its first frame. */
const LATE_PROGRESS_MAX = 0.25;
/** Opacity at which an artwork is painted before it is recorded: less than one step of a screen's colours. */
const FAINT = 0.003;
/** The most pixels of the canvas: more are not visible, and slow down large screens. */
const CANVAS_PIXELS_MAX = 2_100_000;

/** The wall: shows one artwork, fades to the next, and moves the art with the music. */
export class Stage {
  readonly #canvas: HTMLCanvasElement;
  readonly #pictures: HTMLElement;
  readonly #ready = new Map<number, Picture>();
  readonly #resolution = new Resolution();
  readonly #guard: FlashGuard;
  readonly #hangings: Hangings;
  /** The window that shows the canvas, and the number of the frame that is asked for there. */
  #view: Window = window;
  #nextFrame = 0;
  #renderer: ArtRenderer | null;
  #pulse: Pulse = STILL;
  /** The pulse as it was painted last. */
  #painted: Pulse = STILL;
  #isMoving = true;
  #isCalm = false;
  #time = 0;
  #lastFrame = 0;
  #needsDraw = true;
  #hasPrepared = false;
  #hasShown = false;
  #coarse: Picture[] = [];
  readonly #unreported: Hung[] = [];
  #givePortrait: ((portrait: Blob | null) => void) | null = null;

  /** `canvas` is for drawn art, `pictures` for images above it. */
  constructor(canvas: HTMLCanvasElement, pictures: HTMLElement, guard: FlashGuard = new FlashGuard()) {
    this.#guard = guard;
    this.#canvas = canvas;
    this.#pictures = pictures;
    this.#hangings = new Hangings(({ picture }) => {
      if (picture) this.#pictures.append(picture.element);
      this.#needsDraw = true;
    });
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
    this.moveTo(window);
  }

  /** Goes on in the window that the canvas has been moved to. */
  moveTo(view: Window): void {
    this.#view.cancelAnimationFrame(this.#nextFrame);
    this.#view.removeEventListener("resize", this.#resize);
    this.#view = view;
    view.addEventListener("resize", this.#resize);
    this.#resize();
    this.#askForFrame();
  }

  /** Whether nobody can see the art, because its window is hidden. */
  get isHidden(): boolean {
    return this.#view.document.hidden;
  }

  /** Whether the page draws the art rather than showing images. */
  get isDrawing(): boolean {
    return this.#renderer !== null;
  }

  /** Seconds of a fade, whose middle is the change. */
  get fadeSeconds(): number {
    return this.#isCalm ? CALM_FADE_SECONDS : FADE_SECONDS;
  }

  /** Sets how the sound moves the art. */
  set pulse(pulse: Pulse) {
    this.#pulse = pulse;
  }

  /** Whether the art moves; false while paused. */
  set isMoving(isMoving: boolean) {
    this.#isMoving = isMoving;
  }

  /** Whether the art holds still as it is, and changes slowly. */
  set isCalm(isCalm: boolean) {
    this.#isCalm = isCalm;
  }

  /** Prepares an artwork to be shown at once. Rejects if its picture does not load. */
  async prepare(artwork: Artwork): Promise<void> {
    if (this.#ready.has(artwork.id) || (await this.#canDraw(artwork))) return;
    // The first one is shown as soon as it is there; the others are fetched once, in one size.
    const isUrgent = !this.#hasPrepared;
    this.#hasPrepared = true;
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
    const picture = this.#ready.get(artwork.id) ?? null;
    this.#ready.delete(artwork.id);
    return new Promise((seen) => {
      const progress = Math.min(LATE_PROGRESS_MAX, (performance.now() - since) / 1000 / this.fadeSeconds);
      const state = { isPainted: false, isRecorded: false, isSeen: false, progress };
      this.#hangings.hang({ artwork, picture, record, seen, ...state });
    });
  }

  /** Takes everything down at once. */
  clear(): void {
    this.#hangings.clear();
    this.#ready.clear();
    this.#renderer?.draw([], this.#motion());
  }

  /** Takes artworks off the wall at once; what is under them stays. */
  takeOff(ids: readonly number[]): void {
    for (const id of ids) this.#ready.delete(id);
    if (!this.#hangings.takeOff(ids)) return;
    if (!this.#hangings.top) this.#renderer?.draw([], this.#motion());
    this.#needsDraw = true;
  }

  /** Lets go of what was prepared and is not shown. */
  release(artworkId: number): void {
    this.#ready.delete(artworkId);
  }

  /** A small picture of what is on screen; null if its pixels cannot be read. */
  portrait(): Promise<Blob | null> {
    this.#needsDraw = true;
    return new Promise((give) => {
      this.#givePortrait = give;
    });
  }

  /** Loads the full picture after the first artwork is on screen, so that it does not delay it. */
  #refineOnceShown(picture: Picture): void {
    if (this.#hasShown) picture.refine();
    else this.#coarse.push(picture);
  }

  /** Whether the page draws the artwork; what it needs for that is ready then. */
  async #canDraw({ genome }: Artwork): Promise<boolean> {
    return genome !== null && (await this.#renderer?.prepare(genome)) === true && this.#renderer !== null;
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
    const { top } = this.#hangings;
    if (!top || top.picture) return;
    const picture = await loadPicture(top.artwork, false).catch(() => null);
    if (!picture || this.#renderer || this.#hangings.top !== top) return;
    this.#pictures.append(picture.element);
    this.#hangings.takeDown(this.#hangings.all.length - 1);
    Object.assign(top, { picture, progress: 1 });
    this.#needsDraw = true;
  }

  readonly #resize = (): void => {
    const { devicePixelRatio, innerWidth, innerHeight } = this.#view;
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const pixels = innerWidth * innerHeight * ratio * ratio;
    const fit = Math.min(1, Math.sqrt(CANVAS_PIXELS_MAX / Math.max(1, pixels)));
    const scale = ratio * fit * this.#resolution.scale;
    this.#renderer?.resize(
      Math.max(1, Math.round(innerWidth * scale)),
      Math.max(1, Math.round(innerHeight * scale)),
    );
    this.#needsDraw = true;
  };

  #askForFrame(): void {
    const view = this.#view;
    // Each window counts from its own beginning.
    const ahead = view.performance.timeOrigin - performance.timeOrigin;
    this.#nextFrame = view.requestAnimationFrame((now) => this.#frame(now + ahead));
  }

  #frame(now: number): void {
    this.#askForFrame();
    this.#reportSeen();
    const elapsed = now - this.#lastFrame;
    this.#lastFrame = now;
    const seconds = Math.min(0.25, elapsed / 1000);
    const { top } = this.#hangings;
    if (!top) return;

    const isFading = top.isRecorded && top.progress < 1;
    const isAnimated = this.#isMoving && !this.#isCalm;
    if (!isFading && !isAnimated && !this.#needsDraw) return;
    this.#needsDraw = false;
    const before = this.#painted;
    if (isAnimated) {
      this.#time += seconds;
      this.#painted = this.#guard.soften(this.#pulse, seconds);
      // Before drawing, because setting the size clears the canvas.
      if (this.#renderer && this.#resolution.frame(elapsed)) this.#resize();
    }
    this.#paint(seconds / this.fadeSeconds, before, now / 1000);
    this.#hangings.settle();
  }

  /**
   * Paints the next frame; where that would flash, the last one again.
   * @param share Of the fades, since the last frame.
   * @param before The pulse of the last frame.
   * @param at Seconds.
   */
  #paint(share: number, before: Pulse, at: number): void {
    this.#hangings.advance(share);
    let layers = this.#compose();
    let coarse = this.#look(layers);
    if (coarse && !this.#guard.admits(coarse, at)) {
      this.#hangings.advance(-share);
      this.#painted = before;
      layers = this.#compose();
      coarse = this.#look(layers);
    }
    if (coarse) this.#guard.note(coarse, at);
    const isDrawn = layers.length > 0 && this.#draw(layers);
    for (const hung of this.#hangings.all)
      if (!hung.isPainted && (hung.picture || isDrawn)) this.#record(hung);
    this.#unreported.push(...this.#hangings.takeSeen());
    // In the same task: afterwards the canvas is empty.
    if (this.#givePortrait)
      portraitOf(this.#hangings.top?.picture?.image ?? this.#canvas, this.#givePortrait);
    this.#givePortrait = null;
  }

  /** Gives the images their opacity. Returns what is to be drawn. */
  #compose(): ArtLayer[] {
    const hangings = this.#hangings.all;
    const opacities = blend(
      hangings.map(({ picture, progress, isRecorded }) => ({
        isDrawn: !picture,
        opacity: isRecorded ? Math.max(FAINT, ease(progress)) : FAINT,
      })),
    );
    const layers = [];
    for (const [i, { artwork, picture }] of hangings.entries()) {
      const opacity = opacities[i] ?? 1;
      if (picture) this.#place(picture, opacity);
      else if (artwork.genome !== null) layers.push({ genome: artwork.genome, opacity });
    }
    // A drawing with nothing drawn below it is at full opacity.
    const isBare = hangings.some(({ picture, isRecorded }) => !picture && isRecorded);
    this.#canvas.style.visibility = isBare ? "" : "hidden";
    return layers;
  }

  /** A coarse picture of the layers; null if there is nothing to draw, or drawing fails. */
  #look(layers: readonly ArtLayer[]): Uint8Array | null {
    return layers.length === 0 ? null : this.#tryDrawing((renderer) => renderer.look(layers, this.#motion()));
  }

  /** Whether the layers are on the canvas. */
  #draw(layers: readonly ArtLayer[]): boolean {
    return this.#tryDrawing((renderer) => renderer.draw(layers, this.#motion())) ?? false;
  }

  #tryDrawing<T>(draw: (renderer: ArtRenderer) => T): T | null {
    try {
      return this.#renderer && draw(this.#renderer);
    } catch (error) {
      console.error("[Art] drawing failed; showing pictures", error);
      this.#stopDrawing();
      return null;
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
    return { time: this.#time, ...this.#painted };
  }

  #place({ element, image }: Picture, opacity: number): void {
    element.style.opacity = String(opacity);
    const { loudness, onset } = this.#painted;
    const drift = 0.015 + 0.015 * Math.sin(this.#time * 0.11);
    image.style.transform = `scale(${(1 + drift + 0.012 * loudness + 0.01 * onset).toFixed(4)})`;
  }

  /** Reports the artworks of the previous frame, which is on screen when the next one begins. */
  #reportSeen(): void {
    if (this.#unreported.length === 0) return;
    const at = performance.now();
    for (const hung of this.#unreported.splice(0)) hung.seen(at);
    this.#hasShown = true;
    for (const picture of this.#coarse.splice(0)) picture.refine();
  }
}
