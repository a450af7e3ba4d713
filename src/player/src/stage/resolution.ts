const STEPS: readonly number[] = [1, 0.8, 0.62, 0.5, 0.38, 0.28, 0.2, 0.14];
const SLOW_MS = 26;
const AIM_MS = 18;
const QUICK_MS = 13;
const SLOW_FRAMES = 3;
const QUICK_FRAMES = 300;
/** Longer than this and the page was in the background. */
const GAP_MS = 2000;

/**
 * How finely to draw, so that the art moves smoothly on whatever draws it: a few slow frames in a row bring the scale down to
 * what their pace allows, many quick ones bring it up a step. The art is smooth, so that a coarse canvas is hardly seen.
 */
export class Resolution {
  #step = 0;
  /** The finest step that has not proved too slow. */
  #finest = 0;
  #slow: number[] = [];
  #quick = 0;

  /** 0..1, of the screen's own pixels. */
  get scale(): number {
    return STEPS[this.#step] ?? 1;
  }

  /** Takes the time between two frames, in milliseconds; says whether the scale changed. */
  frame(ms: number): boolean {
    if (ms > GAP_MS) return false;
    if (ms > SLOW_MS) this.#slow.push(ms);
    else this.#slow = [];
    this.#quick = ms < QUICK_MS ? this.#quick + 1 : Math.max(0, this.#quick - 5);
    if (this.#slow.length >= SLOW_FRAMES && this.#step < STEPS.length - 1) return this.#coarsen();
    if (this.#quick >= QUICK_FRAMES && this.#step > this.#finest) return this.#go(this.#step - 1);
    return false;
  }

  #coarsen(): boolean {
    // The time of a frame follows its pixels, the square of the scale. The quickest of the slow ones is the least disturbed.
    const affordable = this.scale * Math.sqrt(AIM_MS / Math.min(...this.#slow));
    const coarser = STEPS.findIndex((scale, step) => step > this.#step && scale <= affordable);
    // A step up that had to be taken back is not tried again, or the picture would waver for ever.
    this.#finest = Math.min(STEPS.length - 1, this.#step + 1);
    return this.#go(coarser < 0 ? STEPS.length - 1 : coarser);
  }

  #go(step: number): boolean {
    this.#step = step;
    this.#slow = [];
    this.#quick = 0;
    return true;
  }
}
