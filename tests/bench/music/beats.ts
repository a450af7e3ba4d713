import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ear } from "../../../src/player/src/listening/ear";
import { FRAME_SAMPLES, HOP } from "../../../src/player/src/listening/hopReader";
import { readSong } from "../../../src/player/src/song/songScore";
import { SONG_RATE } from "../../../src/player/src/song/rate";
import { house, pinkNoise, rock, song, syllables, tones, waltz } from "../../../src/player/test/madeSongs";

/** Real songs whose notes.mid gives the tempo: a beat at each multiple of its period. */
const SONGS = "/usr/share/games/fretsonfire/data/songs/sectoid";
const BEATS_PER_BAR = 4;
/** Samples a second of the sound that the others hear. */
const LIVE_RATE = 44_100;
const TOLERANCE_SECONDS = 0.07;
/** The usual measures leave out the first seconds. */
const FROM_SECONDS = 5;

interface Piece {
  readonly name: string;
  readonly samples: Float32Array;
  readonly beats: readonly number[];
  readonly downbeats: readonly number[];
}

const pieces = [...realSongs(), ...madeSongs()];
const files = mkdtempSync(join(tmpdir(), "music-"));
const line = (...cells: (number | string)[]): void =>
  console.log(`| ${cells.map((cell) => (typeof cell === "number" ? cell.toFixed(2) : cell)).join(" | ")} |`);
line("", "beats", "downbeats", "bias ms", "followed live", "aubio", "s a minute");
line("---", "---:", "---:", "---:", "---:", "---:", "---:");
for (const piece of pieces) {
  const started = performance.now();
  const score = readSong(piece.samples);
  const seconds = (performance.now() - started) / 1000 / (score.seconds / 60);
  const downbeats = score.beats.filter((_, i) => score.inBar[i] === 0);
  const wave = waveOf(piece.samples);
  const [live, aubio] = [followed(decode(["-i", wave], LIVE_RATE)), aubioBeats(wave)];
  if (piece.beats.length === 0) {
    const claimed = (beats: readonly number[]): string => `${beats.length} claimed`;
    line(piece.name, claimed(score.beats), claimed(downbeats), "", claimed(live), claimed(aubio), seconds);
  } else {
    const f = (found: readonly number[]): number => fMeasure(found, piece.beats);
    const bias = (medianError(score.beats, piece.beats) * 1000).toFixed(0);
    line(piece.name, f(score.beats), fMeasure(downbeats, piece.downbeats), bias, f(live), f(aubio), seconds);
  }
}
rmSync(files, { recursive: true });

function realSongs(): Piece[] {
  return readdirSync(SONGS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      const path = (file: string): string => join(SONGS, name, file);
      const period = periodOf(readFileSync(path("notes.mid")));
      const grid = (samples: Float32Array): Pick<Piece, "beats" | "downbeats"> => {
        const count = Math.ceil(samples.length / SONG_RATE / period);
        const beats = Array.from({ length: count }, (_, i) => i * period);
        return { beats, downbeats: beats.filter((_, i) => i % BEATS_PER_BAR === 0) };
      };
      const alone = decode(["-i", path("song.ogg")]);
      const mixed = decode(["-i", path("song.ogg"), "-i", path("guitar.ogg"), "-filter_complex", "amix=inputs=2:normalize=0"]);
      return [
        { name, samples: alone, ...grid(alone) },
        { name: `${name}, full mix`, samples: mixed, ...grid(mixed) },
      ];
    });
}

function madeSongs(): Piece[] {
  const beatless = (name: string, samples: Float32Array): Piece => ({ name, samples, beats: [], downbeats: [] });
  return [
    { name: "house at 124, loud off-beats", ...song(60, () => 124, 4, house) },
    { name: "rock at 60", ...song(60, () => 60, 4, rock) },
    { name: "ramp from 90 to 150", ...song(60, (at) => 90 + at, 4, rock) },
    { name: "tempo wobbles by 4%", ...song(60, (at) => 110 * (1 + 0.04 * Math.sin(at / 1.5)), 4, rock) },
    { name: "waltz", ...song(60, () => 150, 3, waltz) },
    beatless("pad", tones(30, [220, 277.2, 329.6]).map((value) => value * 0.1)),
    beatless("sine", tones(30, [440])),
    beatless("pink noise", pinkNoise(30)),
    beatless("speech", syllables(30)),
  ];
}

/** Seconds of a beat, by a MIDI file's first tempo event (FF 51 03, then microseconds). */
function periodOf(midi: Buffer): number {
  const at = midi.indexOf(Buffer.from([0xff, 0x51, 0x03]));
  if (at < 0) throw new Error("The MIDI file has no tempo.");
  return midi.readUIntBE(at + 3, 3) / 1e6;
}

function decode(inputs: readonly string[], rate = SONG_RATE): Float32Array {
  const format = ["-ac", "1", "-ar", String(rate), "-f", "f32le", "-"];
  const bytes = execFileSync("ffmpeg", ["-v", "error", ...inputs, ...format], { maxBuffer: 2 ** 30 });
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** The beats of the tracker that follows a live input. */
function followed(samples: Float32Array): number[] {
  const ear = new Ear(LIVE_RATE);
  const beats: number[] = [];
  for (let end = FRAME_SAMPLES; end <= samples.length; end += HOP) {
    const { beat } = ear.hear(samples.subarray(end - FRAME_SAMPLES, end), end / LIVE_RATE);
    if (beat) beats.push(beat.time);
  }
  return beats;
}

/** Writes the samples as a WAV file of {@link LIVE_RATE}. */
function waveOf(samples: Float32Array): string {
  const [raw, wave] = [join(files, "song.f32"), join(files, "song.wav")];
  writeFileSync(raw, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength));
  const input = ["-f", "f32le", "-ar", String(SONG_RATE), "-ac", "1", "-i", raw];
  execFileSync("ffmpeg", ["-v", "error", "-y", ...input, "-ar", String(LIVE_RATE), wave]);
  return wave;
}

function aubioBeats(wave: string): number[] {
  return execFileSync("aubiotrack", ["-i", wave]).toString().split("\n").filter(Boolean).map(Number);
}

function fMeasure(found: readonly number[], truth: readonly number[]): number {
  const late = (times: readonly number[]): number[] => times.filter((time) => time >= FROM_SECONDS);
  const [these, those] = [late(found), late(truth)];
  let hits = 0;
  for (let i = 0, j = 0; i < these.length && j < those.length; ) {
    const off = (these[i] ?? 0) - (those[j] ?? 0);
    if (Math.abs(off) <= TOLERANCE_SECONDS) hits++;
    if (off <= TOLERANCE_SECONDS) i++;
    if (off >= -TOLERANCE_SECONDS) j++;
  }
  return (2 * hits) / Math.max(1, these.length + those.length);
}

function medianError(found: readonly number[], truth: readonly number[]): number {
  const errors = found
    .map((time) => truth.reduce((best, beat) => (Math.abs(time - beat) < Math.abs(best) ? time - beat : best), 9))
    .sort((one, other) => one - other);
  return errors[errors.length >> 1] ?? 0;
}
