import type { Pulse } from "../listening/rest.js";

/** WCAG 2.3.1: opposing changes of relative luminance of a tenth make a flash, where the darker is under 0.8. Lower, because cells are sampled once. */
const LUMINANCE_STEP = 0.08;
const DARKER_MAX = 0.8;
/** Of (R - G - B) of saturated red; the limit is 20 of 320. */
const RED_STEP = 0.05;
const SATURATED = 0.8;
/** Opposing changes of a cell in a second. Two make a flash, and three flashes are allowed. */
const TURNS_MAX = 6;
/** More than a second: a change that is slow is seen here before it counts. */
const WINDOW_SECONDS = 1.1;
/** Cells of the whole picture that may have more: a quarter of ten degrees of sight is twelve at a desk, and half as many before a television. */
const EXEMPT_CELLS = 5;
const GAIN_MIN = 0.02;
const GAIN_STEP = 0.6;
const GAIN_STEP_SECONDS = 0.15;
const RECOVERY_SECONDS = 6;
const MEAN_SECONDS = 1;

/**
 * Keeps what is painted under the limits of WCAG 2.3.1 on general and red flashes. It looks at a coarse picture of each frame before that is painted, refuses a frame with too
 * many opposing changes in the last second, and then damps the pulse, so that later frames are not refused.
 */
export class FlashGuard {
  #luminance: Turns = new Turns(0, LUMINANCE_STEP, DARKER_MAX);
  #red: Turns = new Turns(0, RED_STEP, 1);
  #gain = 1;
  #loweredAt = Number.NEGATIVE_INFINITY;
  #mean: Pulse | null = null;

  /** The part of the sound's motion about its mean that is painted, 0..1. */
  get gain(): number {
    return this.#gain;
  }

  /** The pulse as it may be painted, when `seconds` have passed since the last one. */
  soften(pulse: Pulse, seconds: number): Pulse {
    this.#gain = Math.min(1, this.#gain + seconds / RECOVERY_SECONDS);
    this.#mean = towards(this.#mean ?? pulse, pulse, Math.min(1, seconds / MEAN_SECONDS));
    return towards(this.#mean, pulse, this.#gain);
  }

  /**
   * Whether a frame may be painted after those that were noted.
   * @param pixels Its coarse picture: RGBA, four bytes a pixel.
   * @param at Seconds.
   */
  admits(pixels: Uint8Array, at: number): boolean {
    const { luminance, red } = this.#measure(pixels);
    const isAdmitted =
      Math.max(this.#luminance.excess(luminance, at), this.#red.excess(red, at)) <= EXEMPT_CELLS;
    if (!isAdmitted) this.#lower(at);
    return isAdmitted;
  }

  /** Notes a frame as painted. */
  note(pixels: Uint8Array, at: number): void {
    const { luminance, red } = this.#measure(pixels);
    this.#luminance.add(luminance, at);
    this.#red.add(red, at);
  }

  #lower(at: number): void {
    if (at - this.#loweredAt < GAIN_STEP_SECONDS) return;
    this.#loweredAt = at;
    this.#gain = Math.max(GAIN_MIN, this.#gain * GAIN_STEP);
  }

  #measure(pixels: Uint8Array): { luminance: Float32Array; red: Float32Array } {
    const cells = pixels.length / 4;
    if (this.#luminance.cells !== cells) {
      this.#luminance = new Turns(cells, LUMINANCE_STEP, DARKER_MAX);
      this.#red = new Turns(cells, RED_STEP, 1);
    }
    const luminance = new Float32Array(cells);
    const red = new Float32Array(cells);
    for (let cell = 0; cell < cells; cell++) {
      const r = linear(pixels[cell * 4]);
      const g = linear(pixels[cell * 4 + 1]);
      const b = linear(pixels[cell * 4 + 2]);
      luminance[cell] = 0.2126 * r + 0.7152 * g + 0.0722 * b;
      red[cell] = r >= SATURATED * (r + g + b) ? Math.max(0, r - g - b) : 0;
    }
    return { luminance, red };
  }
}

/** The latest opposing changes of each cell's value. */
class Turns {
  readonly cells: number;
  readonly #step: number;
  readonly #darkerMax: number;
  /** The extreme since a cell's last turn, and whether it rose to it (1), fell (-1), or has not turned yet (0). */
  readonly #low: Float32Array;
  readonly #high: Float32Array;
  readonly #way: Int8Array;
  /** When each cell turned: the latest TURNS_MAX, oldest first from #oldest on. */
  readonly #at: Float64Array;
  readonly #oldest: Uint8Array;

  constructor(cells: number, step: number, darkerMax: number) {
    this.cells = cells;
    this.#step = step;
    this.#darkerMax = darkerMax;
    // The wall is dark at first.
    this.#low = new Float32Array(cells);
    this.#high = new Float32Array(cells);
    this.#way = new Int8Array(cells);
    this.#at = new Float64Array(cells * TURNS_MAX).fill(Number.NEGATIVE_INFINITY);
    this.#oldest = new Uint8Array(cells);
  }

  /** How many cells would turn once too often. */
  excess(values: Float32Array, at: number): number {
    let count = 0;
    for (let cell = 0; cell < this.cells; cell++)
      if (this.#turn(cell, values[cell] as number) !== 0 && this.#isFull(cell, at)) count++;
    return count;
  }

  add(values: Float32Array, at: number): void {
    for (let cell = 0; cell < this.cells; cell++) {
      const value = values[cell] as number;
      const turn = this.#turn(cell, value);
      if (turn === 0) {
        this.#low[cell] = Math.min(this.#low[cell] as number, value);
        this.#high[cell] = Math.max(this.#high[cell] as number, value);
        continue;
      }
      this.#way[cell] = turn;
      this.#low[cell] = this.#high[cell] = value;
      const oldest = this.#oldest[cell] as number;
      this.#at[cell * TURNS_MAX + oldest] = at;
      this.#oldest[cell] = (oldest + 1) % TURNS_MAX;
    }
  }

  #isFull(cell: number, at: number): boolean {
    return (this.#at[cell * TURNS_MAX + (this.#oldest[cell] as number)] as number) > at - WINDOW_SECONDS;
  }

  /** 1 where the value has risen by a step since it fell, -1 where it has fallen since it rose. */
  #turn(cell: number, value: number): -1 | 0 | 1 {
    const way = this.#way[cell] as number;
    const high = this.#high[cell] as number;
    const low = this.#low[cell] as number;
    if (way >= 0 && high - value >= this.#step && value < this.#darkerMax) return -1;
    return way <= 0 && value - low >= this.#step && low < this.#darkerMax ? 1 : 0;
  }
}

const LINEAR: Float32Array = Float32Array.from({ length: 256 }, (_, level) => {
  const value = level / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});

const linear = (level: number | undefined): number => LINEAR[level as number] as number;

/** A share of the way between two pulses; between hues the shorter way round. */
function towards(from: Pulse, to: Pulse, share: number): Pulse {
  const between = (a: number, b: number): number => a + (b - a) * share;
  const around = to.hue - from.hue - Math.round(to.hue - from.hue);
  return {
    loudness: between(from.loudness, to.loudness),
    onset: between(from.onset, to.onset),
    brightness: between(from.brightness, to.brightness),
    hue: from.hue + around * share,
  };
}
