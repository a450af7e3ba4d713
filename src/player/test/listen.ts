import { Ear, type Moment } from "../src/listening/ear.js";
import { FRAME_SAMPLES, HOP } from "../src/listening/hopReader.js";
import { SAMPLE_RATE } from "./signals.js";

/** Plays samples to an ear hop by hop, as the page does, and hands out each moment. */
export function listen(samples: Float32Array, take: (moment: Moment, ear: Ear) => void): Ear {
  const ear = new Ear(SAMPLE_RATE);
  for (let end = FRAME_SAMPLES; end <= samples.length; end += HOP) {
    take(ear.hear(samples.subarray(end - FRAME_SAMPLES, end), end / SAMPLE_RATE), ear);
  }
  return ear;
}
