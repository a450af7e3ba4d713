const MASK = (1n << 64n) - 1n;

/** SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014), as on the server. */
export class SplitMix64 {
  #state: bigint;

  constructor(seed: bigint) {
    this.#state = seed & MASK;
  }

  /** A multiple of 2^-24 in [0, 1). */
  unit(): number {
    return this.#top24() / 16777216;
  }

  /** A whole number in [0, count). */
  index(count: number): number {
    return Math.floor((this.#top24() * count) / 16777216);
  }

  #top24(): number {
    this.#state = (this.#state + 0x9e3779b97f4a7c15n) & MASK;
    let z = this.#state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
    return Number((z ^ (z >> 31n)) >> 40n);
  }
}
