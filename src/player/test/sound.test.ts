// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Song } from "../src/songs.js";
import { Sound, type SoundPorts } from "../src/sound/sound.js";

/** An audio element as browsers have it, without sound. */
class FakeAudio extends EventTarget {
  src = "";
  crossOrigin = "";
  preload = "";
  currentTime = 0;
  duration = 200;
  paused = true;
  ended = false;
  error: object | null = null;
  async play() {
    this.paused = this.ended = false;
    this.error = null;
    this.dispatchEvent(new Event("play"));
  }
  pause() {
    if (this.paused) return;
    this.paused = true;
    this.dispatchEvent(new Event("pause"));
  }
  removeAttribute() {
    this.src = "";
  }
  fail() {
    this.error = {};
    this.dispatchEvent(new Event("error"));
  }
}

class FakeNode {
  fftSize = 0;
  gain = { setTargetAtTime: () => {} };
  context = { currentTime: 0, sampleRate: 44_100 };
  connect(to: unknown) {
    return to;
  }
  disconnect() {}
}

class FakeContext extends EventTarget {
  state = "running";
  currentTime = 0;
  sampleRate = 44_100;
  resumed = 0;
  createAnalyser = () => new FakeNode();
  createGain = () => new FakeNode();
  createMediaElementSource = () => new FakeNode();
  createMediaStreamSource = () => new FakeNode();
  async resume() {
    this.resumed++;
    this.state = "running";
  }
  async suspend() {
    this.state = "suspended";
  }
  become(state: string) {
    this.state = state;
    this.dispatchEvent(new Event("statechange"));
  }
}

class FakeTrack extends EventTarget {
  readyState = "live";
  enabled = true;
  stop() {
    this.readyState = "ended";
  }
  getSettings() {
    return { deviceId: "first" };
  }
}

const song = (name: string): Song => ({
  title: name,
  artist: "",
  url: `/music/${name}.ogg`,
  durationSeconds: 200,
});
const [one, two, three] = [song("one"), song("two"), song("three")];

let element: FakeAudio;
let context: FakeContext;
let told: string[];
let sound: Sound;
let tracks: FakeTrack[];
let answer: () => Promise<Response>;

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  tracks = [];
  answer = async () => new Response("", { status: 200 });
  vi.stubGlobal("Audio", function Audio() {
    element = new FakeAudio();
    return element;
  });
  vi.stubGlobal("AudioContext", function AudioContext() {
    context = new FakeContext();
    return context;
  });
  vi.stubGlobal("fetch", () => answer());
  const open = async () => {
    const track = new FakeTrack();
    tracks.push(track);
    const all = [track];
    return { getAudioTracks: () => all, getVideoTracks: () => [], getTracks: () => all };
  };
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia: open, getDisplayMedia: open } });
  const ports: SoundPorts = {
    onMoment: () => {},
    onScore: () => {},
    onReading: () => {},
    onPosition: () => {},
    mayKeepScores: () => false,
    onSong: (now) => told.push(`song ${now?.title ?? "none"}`),
    onPause: (isPaused) => told.push(isPaused ? "paused" : "goes on"),
    onChange: () => {},
    onUnplayable: ({ title }) => told.push(`unplayable ${title}`),
    onLineLost: ({ title }) => told.push(`line lost ${title}`),
    onInputLost: (kind) => told.push(`lost ${kind}`),
  };
  sound = new Sound(ports);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settle = () => vi.advanceTimersByTimeAsync(0);

describe("a pause by anybody", () => {
  it("is one, and so is going on", async () => {
    sound.play([one, two], 0);
    told = [];
    element.pause();
    await element.play();
    expect(told).toEqual(["paused", "goes on"]);
  });

  it("is not the end of a song", async () => {
    sound.play([one, two], 0);
    told = [];
    element.ended = true;
    element.pause();
    element.dispatchEvent(new Event("ended"));
    expect(told).toEqual(["song two", "goes on"]);
  });

  it("is the end of the last song where nothing follows", () => {
    sound.play([one], 0);
    sound.repeat = "none";
    told = [];
    element.ended = true;
    element.dispatchEvent(new Event("ended"));
    expect(told).toEqual(["paused"]);
  });
});

describe("an interrupted audio context", () => {
  it("is resumed while a song plays, and left alone while it is paused", async () => {
    sound.play([one], 0);
    const before = context.resumed;
    context.become("interrupted");
    expect(context.resumed).toBe(before + 1);
    element.pause();
    context.become("suspended");
    expect(context.resumed).toBe(before + 1);
    await element.play();
    dispatchEvent(new Event("pageshow"));
    expect(context.state).toBe("running");
  });
});

describe("a lost line", () => {
  it("is told as one, and the song goes on where it was when the line is back", async () => {
    sound.play([one, two], 0);
    element.dispatchEvent(new Event("playing"));
    element.currentTime = 42;
    told = [];
    answer = async () => {
      throw new TypeError("offline");
    };
    element.fail();
    await settle();
    await vi.advanceTimersByTimeAsync(6000);
    expect(told).toEqual(["line lost one"]);
    answer = async () => new Response("", { status: 200 });
    dispatchEvent(new Event("online"));
    await settle();
    expect(told.slice(1)).toEqual(["song one", "goes on"]);
    expect([element.src, element.currentTime]).toEqual(["/music/one.ogg", 42]);
    expect(sound.queue.songs).toEqual([one, two]);
  });

  it("is not what a file is that this browser cannot play", async () => {
    sound.play([one, two], 0);
    told = [];
    element.fail();
    await settle();
    expect(told.slice(0, 2)).toEqual(["unplayable one", "song two"]);
  });
});

describe("the microphone", () => {
  it("is released while paused, and opened again", async () => {
    await sound.listen("microphone");
    sound.pause();
    expect(tracks.map(({ readyState }) => readyState)).toEqual(["ended"]);
    expect(sound.isPlaying).toBe(false);
    sound.resume();
    await settle();
    expect(tracks.map(({ readyState }) => readyState)).toEqual(["ended", "live"]);
    expect([sound.isPlaying, sound.liveKind]).toEqual([true, "microphone"]);
  });

  it("is let go of when it is paused again before it has opened", async () => {
    await sound.listen("microphone");
    sound.pause();
    sound.resume();
    sound.pause();
    await settle();
    expect(tracks.every(({ readyState }) => readyState === "ended")).toBe(true);
  });

  it("is told when it is unplugged", async () => {
    await sound.listen("microphone");
    tracks[0]?.dispatchEvent(new Event("ended"));
    expect(told.slice(-2)).toEqual(["song none", "lost microphone"]);
    expect(sound.liveKind).toBeNull();
  });
});

describe("songs", () => {
  const titles = () => sound.queue.songs.map(({ title }) => title);

  it("are skipped both ways, around the ends, and back to the beginning of one that has played a while", () => {
    sound.play([one, two, three], 0);
    sound.skip(-1);
    expect(sound.queue.current).toBe(three);
    sound.skip(1);
    expect(sound.queue.current).toBe(one);
    element.currentTime = 30;
    sound.skip(-1);
    expect([sound.queue.current, element.currentTime]).toEqual([one, 0]);
  });

  it("are repeated as the listener says", () => {
    sound.play([one, two], 1);
    const end = () => element.dispatchEvent(new Event("ended"));
    sound.repeat = "one";
    end();
    expect(sound.queue.current).toBe(two);
    sound.repeat = "all";
    end();
    expect(sound.queue.current).toBe(one);
  });

  it("are shuffled after the current one, and put back in their order", () => {
    vi.spyOn(Math, "random").mockReturnValue(0.99);
    sound.play([one, two, three], 1);
    sound.isShuffled = true;
    expect(titles()).toEqual(["two", "three", "one"]);
    sound.isShuffled = false;
    expect(titles()).toEqual(["one", "two", "three"]);
    expect(sound.queue.current).toBe(two);
    vi.restoreAllMocks();
  });

  it("are added at the end", () => {
    sound.play([one], 0);
    sound.add([two, three]);
    expect(titles()).toEqual(["one", "two", "three"]);
    expect(sound.queue.current).toBe(one);
  });
});
