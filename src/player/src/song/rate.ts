/** Samples a second of the sound that is analysed: all that beats and harmony need. */
export const SONG_RATE = 22_050;
