import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ear } from "../../../src/player/src/listening/ear";
import { FRAME_SAMPLES, HOP } from "../../../src/player/src/listening/hopReader";
import { SONG_RATE } from "../../../src/player/src/song/rate";
import { readSong } from "../../../src/player/src/song/songScore";
import { anyLevelMeasure, fMeasure, medianError } from "./measures";
import { allPieces, decode, FILE_RATE, type Piece } from "./pieces";

type Cell = number | string;

const folder = mkdtempSync(join(tmpdir(), "music-"));
const sums = new Map<Piece["kind"], number[][]>();
const line = (...cells: readonly Cell[]): void =>
  console.log(`| ${cells.map((cell) => (typeof cell === "number" ? cell.toFixed(2) : cell)).join(" | ")} |`);
const head = ["", "ahead: beats", "AMLt", "downbeats", "bias ms", "live: beats", "AMLt", "downbeats", "aubio"];
line(...head);
line("---", ...head.slice(1).map(() => "---:"));
const wanted = new RegExp(process.argv[2] ?? "");
for (const piece of allPieces(folder, (name) => wanted.test(name))) {
  const cells = measured(piece);
  line(piece.name, ...cells);
  const numbers = cells.map((cell) => (typeof cell === "number" ? cell : Number.NaN));
  sums.set(piece.kind, [...(sums.get(piece.kind) ?? []), numbers]);
}
for (const [kind, rows] of sums) {
  if (kind === "beatless") continue;
  const mean = (column: number): number => rows.reduce((sum, row) => sum + (row[column] ?? 0), 0) / rows.length;
  const least = (column: number): number => Math.min(...rows.map((row) => row[column] ?? 0));
  line(`mean of ${rows.length} ${kind}`, ...head.slice(1).map((_, i) => (Number.isNaN(mean(i)) ? "" : mean(i))));
  line(`least of ${rows.length} ${kind}`, ...head.slice(1).map((_, i) => (Number.isNaN(least(i)) ? "" : least(i))));
}
rmSync(folder, { recursive: true });

function measured({ wave, beats, downbeats }: Piece): Cell[] {
  const score = readSong(decode(["-i", wave], SONG_RATE));
  const scoreDownbeats = score.beats.filter((_, i) => score.inBar[i] === 0);
  const live = followed(decode(["-i", wave], FILE_RATE));
  const aubio = execFileSync("aubiotrack", ["-i", wave]).toString().split("\n").filter(Boolean).map(Number);
  if (beats.length === 0) {
    const claimed = (found: readonly number[]): string => `${found.length} claimed`;
    return [claimed(score.beats), "", claimed(scoreDownbeats), "", claimed(live.beats), "", "", claimed(aubio)];
  }
  return [
    fMeasure(score.beats, beats),
    anyLevelMeasure(score.beats, beats),
    fMeasure(scoreDownbeats, downbeats),
    (medianError(score.beats, beats) * 1000).toFixed(0),
    fMeasure(live.beats, beats),
    anyLevelMeasure(live.beats, beats),
    fMeasure(live.downbeats, downbeats),
    fMeasure(aubio, beats),
  ];
}

/** The beats of the tracker that follows a live input. */
function followed(samples: Float32Array): { beats: number[]; downbeats: number[] } {
  const ear = new Ear(FILE_RATE);
  const found: { beats: number[]; downbeats: number[] } = { beats: [], downbeats: [] };
  for (let end = FRAME_SAMPLES; end <= samples.length; end += HOP) {
    const { beat } = ear.hear(samples.subarray(end - FRAME_SAMPLES, end), end / FILE_RATE);
    if (beat) found.beats.push(beat.time);
    if (beat?.inBar === 0) found.downbeats.push(beat.time);
  }
  return found;
}
