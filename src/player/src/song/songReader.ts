import type { Song } from "../songs.js";
import { keepScore, keptScore } from "./keptScores.js";
import { SONG_RATE } from "./rate.js";
import type { SongScore } from "./songScore.js";
import type { WorkerAnswer } from "./worker.js";

/** A longer file is followed as it plays: decoded whole, it would take over 100 MB. */
const SONG_SECONDS_MAX = 20 * 60;
const SONG_BYTES_MAX = 64 * 1024 * 1024;

/** Reads songs ahead, off the main thread: one at a time, in the order asked for. */
export class SongReader {
  readonly #scores = new Map<string, Promise<SongScore | null>>();
  readonly #mayKeep: () => boolean;
  #last: Promise<unknown> = Promise.resolve();

  /** @param mayKeep Whether this browser may remember what a song is like. */
  constructor(mayKeep: () => boolean) {
    this.#mayKeep = mayKeep;
  }

  /**
   * The song's score; null if it can't be read, is too long or not decodable here.
   * @param report Called with the part that is done, 0..1.
   */
  read(song: Song, report: (done: number) => void = () => {}): Promise<SongScore | null> {
    let score = this.#scores.get(song.url);
    if (!score) {
      score = this.#last.then(() => this.#read(song, report)).catch(() => null);
      this.#last = score;
      this.#scores.set(song.url, score);
    }
    return score;
  }

  async #read(song: Song, report: (done: number) => void): Promise<SongScore | null> {
    if ((song.durationSeconds ?? 0) > SONG_SECONDS_MAX) return null;
    const bytes = await bytesOf(song);
    if (bytes.byteLength > SONG_BYTES_MAX) return null;
    const kept = await keptScore(bytes);
    if (kept.score) return kept.score;
    const samples = await decode(bytes);
    const score = await analyse(samples, report);
    if (this.#mayKeep()) await keepScore(kept.key, score);
    return score;
  }
}

async function bytesOf({ file, url }: Song): Promise<ArrayBuffer> {
  if (file) return file.arrayBuffer();
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: status ${answer.status}`);
  return answer.arrayBuffer();
}

/** One channel at {@link SONG_RATE}: decoding resamples to the context's rate. */
async function decode(bytes: ArrayBuffer): Promise<Float32Array> {
  const context = new OfflineAudioContext(1, 1, SONG_RATE);
  const sound = await context.decodeAudioData(bytes);
  const mixed = new Float32Array(sound.length);
  for (let channel = 0; channel < sound.numberOfChannels; channel++) {
    for (const [i, sample] of sound.getChannelData(channel).entries()) {
      mixed[i] = (mixed[i] ?? 0) + sample / sound.numberOfChannels;
    }
  }
  return mixed;
}

function analyse(samples: Float32Array, report: (done: number) => void): Promise<SongScore> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  return new Promise<SongScore>((resolve, reject) => {
    worker.addEventListener("message", ({ data }: MessageEvent<WorkerAnswer>) => {
      if ("score" in data) resolve(data.score);
      else report(data.done);
    });
    worker.addEventListener("error", reject);
    worker.postMessage(samples, [samples.buffer]);
  }).finally(() => worker.terminate());
}
