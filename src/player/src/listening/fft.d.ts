declare module "fft.js" {
  /** A fast Fourier transform of a size that is a power of two. */
  export default class FFT {
    constructor(size: number);
    createComplexArray(): number[];
    /** Fills the first half of `out` with the interleaved complex spectrum of real `data`. */
    realTransform(out: number[], data: ArrayLike<number>): void;
  }
}
