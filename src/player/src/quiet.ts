import type { Mood } from "artfresh";
import type { Pulse } from "./listening/rest.js";

/** The mood without music: it moves in the calmer half of the circumplex, over minutes. */
export function quietMood(seconds: number): Mood {
  return {
    valence: 0.55 + 0.3 * Math.sin(seconds / 41),
    energy: 0.38 + 0.22 * Math.sin(seconds / 67),
  };
}

/** The motion of the art without music: slow, without a beat. */
export function quietPulse(seconds: number): Pulse {
  return {
    loudness: 0.22 + 0.12 * Math.sin(seconds / 3.1),
    onset: 0,
    brightness: 0.35 + 0.1 * Math.sin(seconds / 7.3),
    hue: 0,
  };
}
