import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { SONG_RATE } from "../../../src/player/src/song/rate";
import { house, pinkNoise, rock, song, syllables, tones, waltz } from "../../../src/player/test/madeSongs";
import { readMidi } from "./midi";

/** Samples a second of the sound as a player gets it. */
export const FILE_RATE = 44_100;

export interface Piece {
  readonly name: string;
  readonly kind: "recorded" | "rendered" | "made" | "beatless";
  /** One channel at {@link FILE_RATE}. */
  readonly wave: string;
  readonly beats: readonly number[];
  readonly downbeats: readonly number[];
}

/** Songs of a guitar game, whose charts give the tempo: a beat at each multiple of its period. */
const RECORDED = "/usr/share/games/fretsonfire/data/songs/sectoid";
/** MIDI files of a game, in many styles; they say themselves where their beats and bars are. */
const RENDERED = "/usr/share/games/openttd/baseset/openmsx";
const SOUNDS = "/usr/share/sounds/sf2/TimGM6mb.sf2";
const BEATS_PER_BAR = 4;

type IsWanted = (name: string) => boolean;

/** One piece after another; its file is gone when the next one is asked for. */
export function* allPieces(folder: string, isWanted: IsWanted): Generator<Piece> {
  const wave = join(folder, "song.wav");
  yield* recorded(wave, isWanted);
  yield* rendered(wave, isWanted);
  yield* made(wave, isWanted);
}

/** One channel of the file. */
export function decode(inputs: readonly string[], rate: number): Float32Array {
  const format = ["-ac", "1", "-ar", String(rate), "-f", "f32le", "-"];
  const bytes = execFileSync("ffmpeg", ["-v", "error", ...inputs, ...format], { maxBuffer: 2 ** 30 });
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

function* recorded(wave: string, isWanted: IsWanted): Generator<Piece> {
  for (const name of folders(RECORDED)) {
    const path = (file: string): string => join(RECORDED, name, file);
    const [first = 0, second = 0] = readMidi(readFileSync(path("notes.mid"))).beats;
    const alone = ["-i", path("song.ogg")];
    const mixed = [...alone, "-i", path("guitar.ogg"), "-filter_complex", "amix=inputs=2:normalize=0"];
    for (const [suffix, inputs] of [["", alone], [", full mix", mixed]] as const) {
      if (!isWanted(name + suffix)) continue;
      const seconds = write(wave, decode(inputs, FILE_RATE), FILE_RATE);
      const beats = Array.from({ length: Math.ceil(seconds / (second - first)) }, (_, i) => i * (second - first));
      const downbeats = beats.filter((_, i) => i % BEATS_PER_BAR === 0);
      yield { name: name + suffix, kind: "recorded", wave, beats, downbeats };
    }
  }
}

function* rendered(wave: string, isWanted: IsWanted): Generator<Piece> {
  for (const file of readdirSync(RENDERED).filter((name) => name.endsWith(".mid") && isWanted(name))) {
    const path = join(RENDERED, file);
    const { beats, downbeats } = readMidi(readFileSync(path));
    execFileSync("fluidsynth", ["-niq", "-g", "0.4", "-r", String(FILE_RATE), "-F", wave, SOUNDS, path], { stdio: "ignore" });
    yield { name: basename(file, ".mid"), kind: "rendered", wave, beats, downbeats };
  }
}

function* made(wave: string, isWanted: IsWanted): Generator<Piece> {
  for (const [name, { samples, beats, downbeats }] of [
    ["house at 124, loud off-beats", song(60, () => 124, 4, house)],
    ["rock at 60", song(60, () => 60, 4, rock)],
    ["ramp from 90 to 150", song(60, (at) => 90 + at, 4, rock)],
    ["tempo wobbles by 4%", song(60, (at) => 110 * (1 + 0.04 * Math.sin(at / 1.5)), 4, rock)],
    ["waltz", song(60, () => 150, 3, waltz)],
  ] as const) {
    if (!isWanted(name)) continue;
    write(wave, samples, SONG_RATE);
    yield { name, kind: "made", wave, beats, downbeats };
  }
  for (const [name, samples] of [
    ["pad", tones(30, [220, 277.2, 329.6]).map((value) => value * 0.1)],
    ["sine", tones(30, [440])],
    ["pink noise", pinkNoise(30)],
    ["speech", syllables(30)],
  ] as const) {
    if (!isWanted(name)) continue;
    write(wave, samples, SONG_RATE);
    yield { name, kind: "beatless", wave, beats: [], downbeats: [] };
  }
}

function folders(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

/** Writes the samples as a WAV file of {@link FILE_RATE}; returns their seconds. */
function write(wave: string, samples: Float32Array, rate: number): number {
  const raw = `${wave}.f32`;
  writeFileSync(raw, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength));
  const input = ["-f", "f32le", "-ar", String(rate), "-ac", "1", "-i", raw];
  execFileSync("ffmpeg", ["-v", "error", "-y", ...input, "-ar", String(FILE_RATE), wave]);
  return samples.length / rate;
}
