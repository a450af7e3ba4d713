import type { Mood } from "artfresh";

const CENTRE_RADIUS = 0.12;

/** A word for a mood: one for each quarter of the circumplex, and one for its middle. */
export function moodWord({ valence, energy }: Mood): string {
  if (Math.hypot(valence - 0.5, energy - 0.5) < CENTRE_RADIUS) return "balanced";
  if (energy >= 0.5) return valence >= 0.5 ? "exuberant" : "tense";
  return valence >= 0.5 ? "serene" : "wistful";
}
