import type { Mood } from "artfresh";

const CENTRE_RADIUS = 0.12;

/** One word for a place on the circumplex of affect, by quarter; the middle has its own. */
export function moodWord({ valence, energy }: Mood): string {
  if (Math.hypot(valence - 0.5, energy - 0.5) < CENTRE_RADIUS) return "balanced";
  if (energy >= 0.5) return valence >= 0.5 ? "exuberant" : "tense";
  return valence >= 0.5 ? "serene" : "wistful";
}
