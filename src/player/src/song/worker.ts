import { readSong } from "./songScore.js";

/** What the worker answers: the part that is done, then the score. */
export type WorkerAnswer = { readonly done: number } | { readonly score: ReturnType<typeof readSong> };

addEventListener("message", ({ data }: MessageEvent<Float32Array[]>) => {
  const score = readSong(mixed(data), (done) => postMessage({ done } satisfies WorkerAnswer));
  postMessage({ score } satisfies WorkerAnswer);
});

/** One channel of all. */
function mixed(channels: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(channels[0]?.length ?? 0);
  for (const channel of channels) {
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (channel[i] ?? 0) / channels.length;
  }
  return sum;
}
