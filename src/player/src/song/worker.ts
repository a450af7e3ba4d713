import { readSong } from "./songScore.js";

/** What the worker answers: the part that is done, then the score. */
export type WorkerAnswer = { readonly done: number } | { readonly score: ReturnType<typeof readSong> };

addEventListener("message", ({ data }: MessageEvent<Float32Array>) => {
  const score = readSong(data, (done) => postMessage({ done } satisfies WorkerAnswer));
  postMessage({ score } satisfies WorkerAnswer);
});
