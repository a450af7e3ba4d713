const STEPS: readonly number[] = [1, 0.8, 0.62, 0.5, 0.38, 0.28, 0.2, 0.14];
const SLOW_MS = 26;
const QUICK_MS = 13;
const SLOW_FRAMES = 8;
const QUICK_FRAMES = 240;
const GAP_MS = 500;

/**
 * How finely to draw, so that the art moves smoothly on whatever draws it: frames that take too long bring the scale down within
 * a moment, quick ones bring it up again after seconds. The art is smooth, so that a coarser canvas is hardly seen.
 */
export class Resolution {
  #step = 0;
  #slow = 0;
  #quick = 0;
  #ceiling = 0;

  /** 0..1, of the screen's own pixels. */
  get scale(): number {
    return STEPS[this.#step] ?? 1;
  }

  /** Takes the time between two frames; says whether the scale changed. */
  frame(ms: number): boolean {
    if (ms > GAP_MS && this.#slow === 0) {
      this.#slow = 1;
      return false;
    }
    this.#slow = ms > SLOW_MS ? this.#slow + (ms > SLOW_MS * 3 ? 3 : 1) : Math.max(0, this.#slow - 1);
    this.#quick = ms < QUICK_MS ? this.#quick + 1 : Math.max(0, this.#quick - 4);
    if (this.#slow >= SLOW_FRAMES && this.#step < STEPS.length - 1) return this.#go(this.#step + 1);
    if (this.#quick >= QUICK_FRAMES && this.#step > this.#ceiling) return this.#go(this.#step - 1);
    return false;
  }

  #go(step: number): boolean {
    // A step up that had to be taken back is not tried again: it would flicker for ever.
    if (step > this.#step && this.#step < this.#ceiling + 1)
      this.#ceiling = Math.min(step, this.#ceiling + 1);
    this.#step = step;
    this.#slow = 0;
    this.#quick = 0;
    return true;
  }
}
