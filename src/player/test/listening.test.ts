import { describe, expect, it, vi } from "vitest";
import { majorness } from "../src/listening/key.js";
import { moodWord } from "../src/listening/moodWord.js";
import { fMeasure } from "./fMeasure.js";
import { listen } from "./listen.js";
import { house, type MadeSong, pinkNoise, rock, song, syllables, tones, waltz } from "./madeSongs.js";
import { chord, drums, SAMPLE_RATE, strike } from "./signals.js";

// Minutes of sound are analysed, by whatever machine this is.
vi.setConfig({ testTimeout: 120_000 });

const C_MAJOR = [261.63, 329.63, 392.0];
const C_MINOR = [261.63, 311.13, 392.0];

function joined(...parts: Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** At twice the rate. */
function doubled(samples: Float32Array): Float32Array {
  return Float32Array.from({ length: samples.length * 2 }, (_, i) => {
    const [now, next] = [samples[i >> 1] ?? 0, samples[(i >> 1) + 1] ?? 0];
    return i % 2 === 0 ? now : (now + next) / 2;
  });
}

describe("onsets", () => {
  it("come within 60 ms of each stroke, and nowhere else", () => {
    const samples = new Float32Array(8 * SAMPLE_RATE);
    const strokes = [1, 1.7, 2.9, 4, 4.4, 6.1, 7];
    for (const at of strokes) strike(samples, at, "snare", 0.5);
    const heard: number[] = [];
    listen(samples, ({ onset }) => {
      if (onset) heard.push(onset.time);
    });
    expect(heard).toHaveLength(strokes.length);
    for (const [i, at] of strokes.entries()) expect(Math.abs((heard[i] ?? 0) - at)).toBeLessThan(0.06);
  });

  it("do not come from a tone that is held", () => {
    let onsets = 0;
    listen(chord([220], 6, 0.2), ({ onset, time }) => {
      if (onset && time > 0.5) onsets++;
    });
    expect(onsets).toBe(0);
  });
});

describe("beats", () => {
  for (const beatsPerMinute of [84, 120, 150]) {
    it(`follow drums at ${beatsPerMinute} a minute, with the loudest kick as downbeat`, () => {
      const samples = chord([110], 24, 0.02);
      drums(samples, beatsPerMinute, 0.3, 0.6);
      const period = 60 / beatsPerMinute;
      const off: number[] = [];
      let downbeats = 0;
      let right = 0;
      const ear = listen(samples, ({ beat }) => {
        if (!beat || beat.time < 12) return;
        const beats = (beat.time - 0.3) / period;
        off.push(Math.abs(beats - Math.round(beats)) * period);
        if (beat.inBar !== 0) return;
        downbeats++;
        if (Math.round(beats) % 4 === 0) right++;
      });
      expect(Math.abs(ear.tempo / beatsPerMinute - 1)).toBeLessThan(0.02);
      expect(off.length).toBeGreaterThanOrEqual(Math.floor(12 / period) - 1);
      expect(Math.max(...off)).toBeLessThan(0.08);
      expect(right).toBe(downbeats);
    });
  }

  it("are not imagined in silence", () => {
    let beats = 0;
    listen(new Float32Array(8 * SAMPLE_RATE), ({ beat }) => {
      if (beat) beats++;
    });
    expect(beats).toBe(0);
  });
});

describe("beats of music that is followed as it plays", () => {
  const heard = (made: Float32Array): number[] => {
    const beats: number[] = [];
    listen(doubled(made), ({ beat }) => {
      if (beat) beats.push(beat.time);
    });
    return beats;
  };

  const made: readonly [string, () => MadeSong][] = [
    ["house, not its louder off-beats", () => song(30, () => 124, 4, house)],
    ["a tempo that rises from 90 to 120", () => song(30, (at) => 90 + at, 4, rock)],
    ["a tempo that wobbles by 4%", () => song(30, (at) => 110 * (1 + 0.04 * Math.sin(at / 1.5)), 4, rock)],
    ["a waltz", () => song(30, () => 150, 3, waltz)],
  ];
  for (const [what, make] of made) {
    it(`are those of ${what}`, () => {
      const { samples, beats } = make();
      expect(fMeasure(heard(samples), beats)).toBeGreaterThan(0.95);
    });
  }

  const beatless: readonly [string, () => Float32Array][] = [
    ["a pad", () => tones(15, [220, 277.2, 329.6]).map((value) => 0.1 * value)],
    ["a sine", () => tones(15, [440])],
    ["pink noise", () => pinkNoise(15)],
    ["speech", () => syllables(20)],
  ];
  for (const [what, make] of beatless) {
    it(`are not claimed in ${what}`, () => {
      expect(heard(make())).toEqual([]);
    });
  }
});

describe("sections", () => {
  it("are new where harmony and loudness change, and only there", () => {
    const verse = chord([220, 261.63, 329.63], 24, 0.05);
    const chorus = chord([174.61, 220, 261.63, 1046.5], 12, 0.16);
    drums(verse, 120, 0, 0.2);
    drums(chorus, 120, 0, 0.5);
    let before = 0;
    let after = 0;
    listen(joined(verse, chorus), ({ novelty, time }) => {
      if (time > 12 && time < 24) before = Math.max(before, novelty);
      if (time >= 24 && time < 28) after = Math.max(after, novelty);
    });
    expect(before).toBeLessThan(0.5);
    expect(after).toBe(1);
  });
});

describe("mood", () => {
  it("has more valence in major than in minor", () => {
    const major = listen(chord(C_MAJOR, 12, 0.08), () => {}).mood.valence;
    const minor = listen(chord(C_MINOR, 12, 0.08), () => {}).mood.valence;
    expect(major - minor).toBeGreaterThan(0.15);
  });

  it("has more energy in loud drums than in a quiet chord", () => {
    const busy = chord(C_MAJOR, 12, 0.1);
    drums(busy, 150, 0, 0.6);
    const loud = listen(busy, () => {}).mood.energy;
    const quiet = listen(chord(C_MAJOR, 12, 0.01), () => {}).mood.energy;
    expect(loud - quiet).toBeGreaterThan(0.25);
  });

  it("follows over seconds, not at once", () => {
    const quiet = chord(C_MAJOR, 15, 0.01);
    const loud = chord(C_MAJOR, 15, 0.2);
    drums(loud, 150, 0, 0.6);
    const at = new Map<number, number>();
    listen(joined(quiet, loud), ({ time }, ear) => at.set(Math.floor(time * 4) / 4, ear.mood.energy));
    const [before, soon, late] = [at.get(14.75) ?? 0, at.get(15.75) ?? 0, at.get(29) ?? 0];
    expect(late - before).toBeGreaterThan(0.2);
    expect(soon - before).toBeLessThan((late - before) / 2);
    let jump = 0;
    let last: number | undefined;
    for (const energy of at.values()) {
      if (last !== undefined) jump = Math.max(jump, Math.abs(energy - last));
      last = energy;
    }
    expect(at.size).toBeGreaterThan(100);
    expect(jump).toBeLessThan(0.25);
  });

  it("stays in the unit square, and in the middle while nothing is heard", () => {
    const silent = listen(new Float32Array(3 * SAMPLE_RATE), () => {}).mood;
    expect(silent).toEqual({ valence: 0.5, energy: 0.5 });
    const samples = chord(C_MAJOR, 10, 0.3);
    drums(samples, 190, 0, 1);
    listen(samples, (_, ear) => {
      for (const coordinate of [ear.mood.valence, ear.mood.energy]) {
        expect(coordinate).toBeGreaterThanOrEqual(0);
        expect(coordinate).toBeLessThanOrEqual(1);
      }
    });
  });

  it("has a word for each quarter", () => {
    const words = [
      [0.9, 0.9],
      [0.1, 0.9],
      [0.9, 0.1],
      [0.1, 0.1],
      [0.5, 0.5],
    ].map(([valence = 0, energy = 0]) => moodWord({ valence, energy }));
    expect(words).toEqual(["exuberant", "tense", "serene", "wistful", "balanced"]);
  });
});

describe("majorness", () => {
  const triad = (...pitches: number[]): number[] =>
    Array.from({ length: 12 }, (_, i) => (pitches.includes(i) ? 1 : 0.1));

  it("is positive for each major triad and negative for each minor one", () => {
    for (let tonic = 0; tonic < 12; tonic++) {
      expect(majorness(triad(tonic, (tonic + 4) % 12, (tonic + 7) % 12))).toBeGreaterThan(0);
      expect(majorness(triad(tonic, (tonic + 3) % 12, (tonic + 7) % 12))).toBeLessThan(0);
    }
  });

  it("is negative for a minor third and positive for a major one alone", () => {
    for (let tonic = 0; tonic < 12; tonic++) {
      expect(majorness(triad(tonic, (tonic + 3) % 12))).toBeLessThan(0);
      expect(majorness(triad(tonic, (tonic + 4) % 12))).toBeGreaterThan(0);
    }
  });

  it("is 0 where all pitches sound alike", () => {
    expect(majorness(new Array(12).fill(0.4))).toBe(0);
  });
});

describe("silence", () => {
  it("is distinguished from a pause between notes", () => {
    const samples = joined(chord([220], 3, 0.1), new Float32Array(2 * SAMPLE_RATE), chord([220], 3, 0.1));
    let silent = 0;
    listen(samples, ({ isSilent }) => {
      if (isSilent) silent++;
    });
    expect(silent).toBe(0);
    let last = false;
    listen(joined(chord([220], 1, 0.1), new Float32Array(4 * SAMPLE_RATE)), ({ isSilent }) => {
      last = isSilent;
    });
    expect(last).toBe(true);
  });
});
