import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { forgetScores, SCORES } from "../src/song/forgetScores.js";
import { SongReader } from "../src/song/songReader.js";

const SONG = { title: "a song", artist: "", durationSeconds: null, url: "/songs/1" };

/** What the browser keeps, by cache and address. */
let kept: Map<string, Map<string, Response>>;
let analysed: number;
let isReachable: boolean;

beforeEach(() => {
  kept = new Map();
  analysed = 0;
  isReachable = true;
  vi.stubGlobal("caches", {
    open: async (name: string) => {
      const cache = kept.get(name) ?? new Map<string, Response>();
      kept.set(name, cache);
      return {
        match: async (key: string) => cache.get(key)?.clone(),
        put: async (key: string, answer: Response) => void cache.set(key, answer),
        keys: async () => [...cache.keys()],
      };
    },
    keys: async () => [...kept.keys()],
    delete: async (name: string) => kept.delete(name),
  });
  vi.stubGlobal("fetch", async () => {
    if (!isReachable) throw new TypeError("no connection");
    return new Response(new Uint8Array([1, 2, 3]));
  });
  vi.stubGlobal(
    "OfflineAudioContext",
    class {
      decodeAudioData = async () => ({
        length: 4,
        numberOfChannels: 1,
        getChannelData: () => new Float32Array(4),
      });
    },
  );
  vi.stubGlobal(
    "Worker",
    class extends EventTarget {
      terminate = () => {};
      postMessage() {
        analysed++;
        this.dispatchEvent(new MessageEvent("message", { data: { done: 0.5 } }));
        this.dispatchEvent(new MessageEvent("message", { data: { score: { bpm: 120 } } }));
      }
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

it("reads a song once, and knows it again on the next page", async () => {
  expect(await new SongReader(() => true).read(SONG)).toEqual({ bpm: 120 });
  expect(await new SongReader(() => true).read(SONG)).toEqual({ bpm: 120 });
  expect([analysed, kept.get(SCORES)?.size]).toEqual([1, 1]);
});

it("neither looks nor keeps where the listener keeps nothing", async () => {
  const digest = vi.spyOn(crypto.subtle, "digest");
  await new SongReader(() => false).read(SONG);
  expect([analysed, kept.size, digest.mock.calls]).toEqual([1, 0, []]);
  digest.mockRestore();
});

it("forgets what was played", async () => {
  await new SongReader(() => true).read(SONG);
  kept.set("artfresh-songs-1", new Map()).set("another", new Map());
  await forgetScores();
  expect([...kept.keys()]).toEqual(["another"]);
});

it("tries again what could not be read", async () => {
  const reader = new SongReader(() => true);
  isReachable = false;
  expect(await reader.read(SONG)).toBeNull();
  isReachable = true;
  expect(await reader.read(SONG)).toEqual({ bpm: 120 });
});

it("reports to whoever asked last", async () => {
  const reader = new SongReader(() => true);
  const [first, second] = [vi.fn(), vi.fn()];
  await Promise.all([reader.read(SONG, first), reader.read(SONG, second)]);
  expect([analysed, first.mock.calls, second.mock.calls]).toEqual([1, [], [[0.5]]]);
});
