import { describe, expect, it, vi } from "vitest";
import { Conductor, STAY_MAX_SECONDS, STAY_MIN_SECONDS, STAY_QUIET_SECONDS } from "../src/conductor.js";
import type { Moment } from "../src/listening/ear.js";
import { listen } from "./listen.js";
import { chord, drums, linearCongruential, SAMPLE_RATE } from "./signals.js";

// Minutes of sound are analysed, by whatever machine this is.
vi.setConfig({ testTimeout: 120_000 });

const HOP_SECONDS = 512 / SAMPLE_RATE;

function moment(parts: Partial<Moment>): Moment {
  return { time: 0, onset: null, beat: null, regularity: 1, novelty: 0, isSilent: false, ...parts };
}

const DOWNBEAT = moment({ beat: { time: 0, inBar: 0 }, onset: { time: 0, strength: 0.8 } });
const OFF_BEAT = moment({ onset: { time: 0, strength: 0.5 } });
const SECTION = moment({
  beat: { time: 0, inBar: 0 },
  onset: { time: 0, strength: 1 },
  novelty: 1,
});

function after(seconds: number): Conductor {
  const conductor = new Conductor();
  conductor.restart();
  conductor.pass(seconds, false);
  return conductor;
}

describe("the conductor", () => {
  it("never changes before the least stay, whatever happens", () => {
    expect(after(STAY_MIN_SECONDS - 0.01).hear(SECTION)).toBe(false);
  });

  it("changes with a new section as soon as it may, and with a bar only later", () => {
    expect(after(STAY_MIN_SECONDS + 0.1).hear(SECTION)).toBe(true);
    expect(after(STAY_MIN_SECONDS + 0.1).hear(DOWNBEAT)).toBe(false);
    expect(after(14).hear(DOWNBEAT)).toBe(true);
  });

  it("does not take a note between the beats for a boundary", () => {
    for (let stay = 6; stay < STAY_MAX_SECONDS; stay += 0.5) expect(after(stay).hear(OFF_BEAT)).toBe(false);
  });

  it("changes at the longest stay without any boundary, earlier where it is quiet", () => {
    const conductor = new Conductor();
    expect(conductor.pass(STAY_MAX_SECONDS - 0.1, false)).toBe(false);
    expect(conductor.pass(0.1, false)).toBe(true);
    conductor.restart();
    expect(conductor.pass(STAY_QUIET_SECONDS - 0.1, true)).toBe(false);
    expect(conductor.pass(0.2, true)).toBe(true);
  });

  it("changes on the beat of real drums, each artwork staying from the least to the longest time", () => {
    const beatsPerMinute = 126;
    const samples = chord([110, 164.81], 90, 0.03);
    drums(samples, beatsPerMinute, 0.2, 0.5);
    const period = 60 / beatsPerMinute;
    const conductor = new Conductor();
    const changes: number[] = [];
    listen(samples, (heard) => {
      const isForced = conductor.pass(HOP_SECONDS, heard.isSilent);
      if (!conductor.hear(heard) && !isForced) return;
      changes.push(heard.time);
      conductor.restart();
    });
    expect(changes.length).toBeGreaterThanOrEqual(5);
    let last = 0;
    for (const time of changes) {
      expect(time - last).toBeGreaterThanOrEqual(STAY_MIN_SECONDS - 0.2);
      expect(time - last).toBeLessThanOrEqual(STAY_MAX_SECONDS + 0.2);
      const beats = (time - 0.2) / period;
      expect(Math.abs(beats - Math.round(beats)) * period).toBeLessThan(0.08);
      last = time;
    }
  });

  it("keeps its bounds whatever it hears", () => {
    const random = linearCongruential(7);
    const conductor = new Conductor();
    let last = 0;
    for (let time = 0; time < 2000; time += 0.05) {
      const heard = moment({
        time,
        onset: random() < 0.3 ? { time, strength: random() } : null,
        beat: random() < 0.1 ? { time, inBar: Math.floor(random() * 4) } : null,
        regularity: random(),
        novelty: random() ** 4,
      });
      const isForced = conductor.pass(0.05, random() < 0.1);
      if (!conductor.hear(heard) && !isForced) continue;
      expect(time - last).toBeGreaterThanOrEqual(STAY_MIN_SECONDS - 0.06);
      expect(time - last).toBeLessThanOrEqual(STAY_MAX_SECONDS + 0.06);
      conductor.restart();
      last = time;
    }
    expect(last).toBeGreaterThan(1970);
  });
});
