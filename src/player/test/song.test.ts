import { describe, expect, it, vi } from "vitest";
import { changesOf, STAY_MAX_SECONDS, STAY_MIN_SECONDS } from "../src/song/changes.js";
import { SONG_RATE } from "../src/song/rate.js";
import { ScoreConductor } from "../src/song/scoreConductor.js";
import { readSong, type SongScore } from "../src/song/songScore.js";
import { fMeasure } from "./fMeasure.js";
import {
  house,
  type MadeSong,
  pinkNoise,
  rock,
  shuffle,
  song,
  syllables,
  tones,
  waltz,
} from "./madeSongs.js";

// Minutes of sound are analysed, by whatever machine this is.
vi.setConfig({ testTimeout: 120_000 });

function medianError(found: readonly number[], truth: readonly number[]): number {
  const errors = found
    .map((time) =>
      truth.reduce((best, beat) => (Math.abs(time - beat) < Math.abs(best) ? time - beat : best), 9),
    )
    .sort((one, other) => one - other);
  return errors[errors.length >> 1] ?? 9;
}

function downbeats({ beats, inBar }: SongScore): number[] {
  return beats.filter((_, i) => inBar[i] === 0);
}

describe("beats and bars of a song that is read ahead", () => {
  const made: readonly [string, () => MadeSong, number][] = [
    ["rock at 128 a minute", () => song(40, () => 128, 4, rock), 4],
    ["house, whose hats between the beats are louder", () => song(40, () => 124, 4, house), 4],
    ["a slow song at 60, not heard as 120", () => song(40, () => 60, 4, rock), 4],
    ["fast at 170", () => song(40, () => 170, 4, rock), 4],
    ["a ramp from 90 to 150", () => song(60, (at) => 90 + at, 4, rock), 4],
    ["a tempo that wobbles by 4%", () => song(60, (at) => 110 * (1 + 0.04 * Math.sin(at / 1.5)), 4, rock), 4],
    ["a shuffle, whose short notes are louder", () => song(40, () => 120, 4, shuffle), 4],
    ["a waltz", () => song(40, () => 150, 3, waltz), 3],
  ];
  for (const [what, make, beatsPerBar] of made) {
    it(`are those of ${what}`, () => {
      const truth = make();
      const score = readSong(truth.samples);
      expect(score.beatsPerBar).toBe(beatsPerBar);
      expect(fMeasure(score.beats, truth.beats)).toBeGreaterThan(0.95);
      expect(fMeasure(downbeats(score), truth.downbeats)).toBeGreaterThan(0.9);
      expect(Math.abs(medianError(score.beats, truth.beats))).toBeLessThan(0.01);
    });
  }

  const beatless: readonly [string, () => Float32Array][] = [
    [
      "a pad",
      () => tones(20, [220, 277.2, 329.6]).map((value, i) => 0.1 * value * (1 + 0.3 * Math.sin(i / 27_000))),
    ],
    ["a sine", () => tones(20, [440])],
    ["pink noise", () => pinkNoise(20)],
    ["speech", () => syllables(30)],
    ["silence", () => new Float32Array(10 * SONG_RATE)],
  ];
  for (const [what, make] of beatless) {
    it(`are not claimed in ${what}`, () => {
      expect(readSong(make()).beats).toEqual([]);
    });
  }

  it("are reported as they are read", () => {
    const done: number[] = [];
    readSong(song(60, () => 120, 4, rock).samples, (part) => done.push(part));
    expect(done.length).toBeGreaterThan(2);
    expect(done).toEqual([...done].sort((one, other) => one - other));
    expect(done.at(-1)).toBe(1);
  });
});

describe("sections of a song that is read ahead", () => {
  it("begin where the music changes, on a bar", () => {
    const { samples } = song(64, () => 120, 4, rock);
    const from = Math.round(32.5 * SONG_RATE);
    for (const [i, value] of tones(31.5, [1046.5, 1318.5]).entries()) {
      samples[from + i] = (samples[from + i] ?? 0) + 0.1 * value;
    }
    const { sections } = readSong(samples);
    expect(sections).toHaveLength(2);
    expect(Math.abs((sections[1] ?? 0) - 32.5)).toBeLessThan(0.03);
  });

  it("are not invented in music that goes on as it began", () => {
    expect(readSong(song(60, () => 124, 4, house).samples).sections).toHaveLength(1);
  });
});

const CALM = { valence: 0.5, energy: 0.2 };
const WILD = { valence: 0.6, energy: 0.9 };
const score: SongScore = {
  seconds: 120,
  beats: Array.from({ length: 240 }, (_, i) => i / 2),
  inBar: Array.from({ length: 240 }, (_, i) => i % 4),
  beatsPerBar: 4,
  sections: [0, 34, 40, 80],
  moods: [CALM, WILD, WILD, CALM],
};

describe("moods of a song that is read ahead", () => {
  it("have more energy where more begins", () => {
    const { samples } = song(
      64,
      () => 120,
      4,
      (beat) => (beat < 64 ? { on: beat % 4 === 0 ? [["kick", 0.3]] : [["hat", 0.05]] } : rock(beat)),
    );
    const { moods, sections } = readSong(samples);
    expect(moods).toHaveLength(sections.length);
    expect((moods[1]?.energy ?? 0) - (moods[0]?.energy ?? 0)).toBeGreaterThan(0.2);
  });

  it("are the same at any level", () => {
    const { samples } = song(40, () => 120, 4, rock);
    const [loud, quiet] = [readSong(samples), readSong(samples.map((sample) => sample / 20))];
    expect(quiet.beats).toEqual(loud.beats);
    expect(quiet.moods[0]?.energy).toBeCloseTo(loud.moods[0]?.energy ?? 0, 3);
    expect(quiet.moods[0]?.valence).toBeCloseTo(loud.moods[0]?.valence ?? 0, 3);
  });

  it("hold for a section", () => {
    const conductor = new ScoreConductor(score);
    const at = [0, 33.9, 34, 79, 80, 119].map((seconds) => conductor.moodAt(seconds));
    expect(at).toEqual([CALM, CALM, WILD, WILD, CALM, CALM]);
  });
});

describe("changes of the art", () => {
  it("come with each section, and within long ones on bars after whole phrases", () => {
    const changes = changesOf(score);
    expect(changes[0]).toBe(0);
    for (const section of [34, 80]) expect(changes).toContain(section);
    for (const change of changes) expect(change % 2).toBe(0);
  });

  it("leave each artwork on screen from the least to the longest time", () => {
    const changes = [...changesOf(score), score.seconds];
    for (const [i, change] of changes.slice(1).entries()) {
      expect(change - (changes[i] ?? 0)).toBeGreaterThanOrEqual(STAY_MIN_SECONDS);
      expect(change - (changes[i] ?? 0)).toBeLessThanOrEqual(STAY_MAX_SECONDS);
    }
  });

  it("come with the first bar of a song that is known when it begins, and not in the middle of it", () => {
    expect(new ScoreConductor(score).reach(0.1, 0.75)).toBeCloseTo(0.85, 6);
    expect(new ScoreConductor({ ...score, sections: [12] }).reach(11.5, 0.75)).toBeNull();
  });

  it("begin ahead of their moment, once, and not for a seek", () => {
    const conductor = new ScoreConductor(score);
    const begun: number[] = [];
    for (let at = 0; at < 120; at += 0.02) {
      const late = conductor.reach(at, 0.75);
      if (late !== null) begun.push(at + 0.75 - late);
    }
    const changes = changesOf(score);
    expect(begun).toHaveLength(changes.length);
    for (const [i, change] of changes.entries()) expect(begun[i]).toBeCloseTo(change, 6);

    const sought = new ScoreConductor(score);
    expect(sought.reach(10, 0.75)).toBeNull();
    expect(sought.reach(100, 0.75)).toBeNull();
    expect(sought.reach(20, 0.75)).toBeNull();
  });

  it("are left to what is heard where the song has no beat", () => {
    expect(new ScoreConductor({ ...score, beats: [], inBar: [], sections: [], moods: [] }).isFollowing).toBe(
      false,
    );
  });
});
