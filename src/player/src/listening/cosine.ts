/** Cosine of the angle between two vectors of one length, -1..1; 0 where one has no length. */
export function cosine(one: Float32Array, other: Float32Array): number {
  let both = 0;
  let squares = 0;
  let squaresOther = 0;
  for (let i = 0; i < one.length; i++) {
    both += (one[i] ?? 0) * (other[i] ?? 0);
    squares += (one[i] ?? 0) ** 2;
    squaresOther += (other[i] ?? 0) ** 2;
  }
  return both / Math.max(1e-9, Math.sqrt(squares * squaresOther));
}
