const STEPS: readonly number[] = [1, 0.8, 0.62, 0.5, 0.38, 0.28, 0.2, 0.14];
const FIRST_STEP = 3;
const SLOW_MS = 26;
const AIM_MS = 16;
/** Sixty frames a second, and a little. */
const QUICK_MS = 18.5;
const SLOW_FRAMES = 3;
const QUICK_FRAMES = 90;
const NO_BETTER = 0.85;

/**
 * How finely to draw, so that the art moves smoothly on whatever draws it: a few slow frames in a row bring the scale down to
 * what their pace allows, many quick ones bring it up a step. It begins coarse, so that the first artwork is there soon; the art
 * is smooth, so that this is hardly seen.
 */
export class Resolution {
  #step = FIRST_STEP;
  /** The finest step that has not proved too slow. */
  #finest = 0;
  #slowMs = SLOW_MS;
  #slow: number[] = [];
  #quick = 0;
  /** Where the last step down came from, until it has shown what it was good for. */
  #before: { readonly step: number; readonly finest: number; readonly ms: number } | null = null;

  /** 0..1, of the screen's own pixels. */
  get scale(): number {
    return STEPS[this.#step] ?? 1;
  }

  /** Takes the time between two frames, in milliseconds; says whether the scale changed. */
  frame(ms: number): boolean {
    if (ms > this.#slowMs) this.#slow.push(ms);
    else this.#slow = [];
    this.#quick =
      ms <= Math.max(QUICK_MS, this.#slowMs * 0.7) ? this.#quick + 1 : Math.max(0, this.#quick - 5);
    if (this.#slow.length >= SLOW_FRAMES) return this.#coarsen();
    if (this.#quick < QUICK_FRAMES) return false;
    this.#before = null;
    this.#quick = 0;
    return this.#step > this.#finest && this.#go(this.#step - 1);
  }

  #coarsen(): boolean {
    // The quickest of the slow ones is the least disturbed.
    const ms = Math.min(...this.#slow);
    this.#slow = [];
    if (this.#before && ms > this.#before.ms * NO_BETTER) return this.#giveUpPace(ms, this.#before);
    if (this.#step === STEPS.length - 1) return false;
    this.#before = { step: this.#step, finest: this.#finest, ms };
    // A step up that had to be taken back is not tried again, or the picture would waver for ever.
    this.#finest = this.#step + 1;
    // The time of a frame follows its pixels, the square of the scale.
    const affordable = this.scale * Math.sqrt(AIM_MS / ms);
    const coarser = STEPS.findIndex((scale, step) => step > this.#step && scale <= affordable);
    return this.#go(coarser < 0 ? STEPS.length - 1 : coarser);
  }

  /** Fewer pixels brought nothing: it is not the drawing that is slow, but the screen (a television at 30 Hz) or the page. */
  #giveUpPace(ms: number, { step, finest }: { step: number; finest: number }): boolean {
    this.#slowMs = ms * 1.5;
    this.#finest = finest;
    this.#before = null;
    return this.#go(step);
  }

  #go(step: number): boolean {
    this.#step = step;
    this.#slow = [];
    this.#quick = 0;
    return true;
  }
}
