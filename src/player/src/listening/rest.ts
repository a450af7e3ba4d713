import type { Mood } from "artfresh";
import type { ArtMotion } from "../art/renderer.js";

/** The part of the motion that the sound drives. The stage adds the time. */
export type Pulse = Omit<ArtMotion, "time">;

/** The motion without sound. */
export const STILL: Pulse = { loudness: 0, onset: 0, brightness: 0, hue: 0 };

/** The mood before any music: the middle of the circumplex. */
export const NEUTRAL_MOOD: Mood = { valence: 0.5, energy: 0.5 };
