const STEPS: readonly number[] = [1, 0.8, 0.62, 0.5, 0.38, 0.28, 0.2, 0.14];
const FIRST_STEP = 3;
const SLOW_MS = 26;
const AIM_MS = 16;
/** Longest time of a frame that counts as quick: 60 frames a second with some margin. */
const QUICK_MS = 18.5;
const SLOW_FRAMES = 3;
const QUICK_FRAMES = 90;
const NO_BETTER = 0.85;

/**
 * Adapts the drawing's resolution to the device, so that the art moves smoothly: a few slow frames in a row lower the scale to what
 * their time allows, many quick ones raise it by a step. It begins low, so that the first artwork appears soon; the art is smooth,
 * so that this is hardly visible.
 */
export class Resolution {
  #step = FIRST_STEP;
  /** The highest step that was not too slow. */
  #finest = 0;
  #slowMs = SLOW_MS;
  #slow: number[] = [];
  #quick = 0;
  /** The state before the last step down, until its effect is known. */
  #before: { readonly step: number; readonly finest: number; readonly ms: number } | null = null;

  /** Scale relative to the screen's pixels, 0..1. */
  get scale(): number {
    return STEPS[this.#step] ?? 1;
  }

  /** Adds the time between two frames, in milliseconds. Returns whether the scale changed. */
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
    // The quickest of the slow frames is the least disturbed by other work.
    const ms = Math.min(...this.#slow);
    this.#slow = [];
    if (this.#before && ms > this.#before.ms * NO_BETTER) return this.#giveUpPace(ms, this.#before);
    if (this.#step === STEPS.length - 1) return false;
    this.#before = { step: this.#step, finest: this.#finest, ms };
    // A step up that was too slow is not tried again, because the picture would oscillate.
    this.#finest = this.#step + 1;
    // The time of a frame is proportional to its pixels, the square of the scale.
    const affordable = this.scale * Math.sqrt(AIM_MS / ms);
    const coarser = STEPS.findIndex((scale, step) => step > this.#step && scale <= affordable);
    return this.#go(coarser < 0 ? STEPS.length - 1 : coarser);
  }

  /** Undoes a step down that gained nothing: not the drawing is slow, but the screen (such as a television at 30 Hz) or the page. */
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
