import type { Song } from "../songs.js";
import { keepScore, keptScore, scoreKey } from "./keptScores.js";
import { SONG_RATE } from "./rate.js";
import type { SongScore } from "./songScore.js";
import type { WorkerAnswer } from "./worker.js";

/** A longer file is followed as it plays: decoded whole, it would take over 100 MB. */
const SONG_SECONDS_MAX = 20 * 60;
const SONG_BYTES_MAX = 64 * 1024 * 1024;

/** Scores that are held in memory. */
const READINGS_MAX = 100;

interface Reading {
  readonly score: Promise<SongScore | null>;
  /** Of whoever asked last. */
  report(done: number): void;
}

/** Reads songs ahead, off the main thread: one at a time, in the order asked for. */
export class SongReader {
  /** By the songs' addresses. */
  readonly #readings = new Map<string, Reading>();
  readonly #mayKeep: () => boolean;
  #last: Promise<unknown> = Promise.resolve();

  /** @param mayKeep Whether this browser may remember what a song is like. */
  constructor(mayKeep: () => boolean) {
    this.#mayKeep = mayKeep;
  }

  /**
   * The song's score; null if it can't be read, is too long or not decodable here. What failed is tried again when it is asked for again.
   * @param report Called with the part that is done, 0..1, until somebody else asks for the song.
   */
  read(song: Song, report: (done: number) => void = () => {}): Promise<SongScore | null> {
    const known = this.#readings.get(song.url);
    if (known) {
      known.report = report;
      return known.score;
    }
    const reading: Reading = {
      report,
      score: this.#last
        .then(() => this.#read(song, (done) => reading.report(done)))
        .catch(() => {
          this.#readings.delete(song.url);
          return null;
        }),
    };
    this.#last = reading.score;
    this.#readings.set(song.url, reading);
    for (const oldest of this.#readings.keys()) {
      if (this.#readings.size <= READINGS_MAX) break;
      this.#readings.delete(oldest);
    }
    return reading.score;
  }

  async #read(song: Song, report: (done: number) => void): Promise<SongScore | null> {
    if ((song.durationSeconds ?? 0) > SONG_SECONDS_MAX) return null;
    const bytes = await bytesOf(song);
    if (bytes.byteLength > SONG_BYTES_MAX) return null;
    // Before the bytes are decoded, which takes them away.
    const key = this.#mayKeep() ? await scoreKey(bytes) : null;
    const kept = key && (await keptScore(key));
    if (kept) return kept;
    const score = await analyse(await decode(bytes), report);
    if (key && this.#mayKeep()) await keepScore(key, score);
    return score;
  }
}

async function bytesOf({ file, url }: Song): Promise<ArrayBuffer> {
  if (file) return file.arrayBuffer();
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: status ${answer.status}`);
  return answer.arrayBuffer();
}

/** The channels at {@link SONG_RATE}: decoding resamples to the context's rate. */
async function decode(bytes: ArrayBuffer): Promise<Float32Array[]> {
  const context = new OfflineAudioContext(1, 1, SONG_RATE);
  const sound = await context.decodeAudioData(bytes);
  return Array.from({ length: sound.numberOfChannels }, (_, channel) => sound.getChannelData(channel));
}

function analyse(channels: Float32Array[], report: (done: number) => void): Promise<SongScore> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  return new Promise<SongScore>((resolve, reject) => {
    worker.addEventListener("message", ({ data }: MessageEvent<WorkerAnswer>) => {
      if ("score" in data) resolve(data.score);
      else report(data.done);
    });
    worker.addEventListener("error", reject);
    // Copied, which is quick; mixing them would hold up the page.
    worker.postMessage(channels);
  }).finally(() => worker.terminate());
}
