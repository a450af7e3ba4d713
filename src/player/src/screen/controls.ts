import type { Mood } from "artfresh";
import { moodWord } from "../listening/moodWord.js";
import type { Song } from "../songs.js";
import type { LiveKind } from "../sound/liveInput.js";
import { button, element, mark } from "./element.js";
import { canFillScreen, fillsScreen, onFullScreenChange } from "./fullScreen.js";
import { clock } from "./words.js";

export interface ControlCommands {
  next(): void;
  previous(): void;
  nextSong(): void;
  previousSong(): void;
  openSongs(): void;
  togglePause(): void;
  toggleKept(): void;
  toggleMute(): void;
  toggleFullScreen(): void;
  openHelp(): void;
  openMenu(): void;
  chooseMusic(): void;
  finish(): void;
  /** `position` in seconds. */
  seek(position: number): void;
  /** `volume` in 0..1. */
  setVolume(volume: number): void;
}

export type SoundKind = "song" | LiveKind | "quiet";

export interface Controls {
  showSong(kind: SoundKind, song: Song | null): void;
  /** Both in seconds; the duration is 0 while unknown. */
  showPosition(position: number, duration: number): void;
  /** The part of the song that is read ahead, 0..1; null when there is nothing to read. */
  showReading(done: number | null): void;
  showVolume(volume: number): void;
  showPaused(isPaused: boolean): void;
  showMood(mood: Mood): void;
  showTally(words: string): void;
  showPrevious(hasPrevious: boolean): void;
  showKept(isKept: boolean): void;
  focus(): void;
}

const SEEK_STEPS = 1000;
/** What to call live sound. */
const LIVE: Readonly<Partial<Record<SoundKind, string>>> = {
  microphone: "Listening to the room",
  shared: "Listening to what you share",
};

/** The bar below the art, and the line above it. */
export function createControls(commands: ControlCommands): Controls {
  const previous = button("previous", commands.previous);
  const pause = button("pause", commands.togglePause);
  const mute = button("mute", commands.toggleMute);
  const fullScreen = button("full-screen", commands.toggleFullScreen);
  const keep = button("keep", commands.toggleKept);
  button("next", commands.next);
  button("next-song", commands.nextSong);
  button("previous-song", commands.previousSong);
  button("songs-open", commands.openSongs);
  button("help-open", commands.openHelp);
  button("menu-open", commands.openMenu);
  button("music", commands.chooseMusic);
  button("finish", commands.finish);
  const seek = element("seek", HTMLInputElement);
  const volume = element("volume", HTMLInputElement);
  const mood = element("mood", HTMLElement);
  let duration = 0;

  fullScreen.hidden = !canFillScreen();
  onFullScreenChange(() => fullScreen.setAttribute("aria-pressed", String(fillsScreen())));
  seek.addEventListener("input", () => commands.seek((seek.valueAsNumber / SEEK_STEPS) * duration));
  volume.addEventListener("input", () => commands.setVolume(volume.valueAsNumber / 100));
  measureHeight();

  return {
    showSong(kind, song) {
      document.body.dataset.sound = kind;
      element("song-title", HTMLElement).textContent = song?.title ?? LIVE[kind] ?? "";
      element("song-artist", HTMLElement).textContent = song?.artist ?? "";
    },
    showPosition(position, length) {
      duration = length;
      seek.disabled = length === 0;
      slide(seek, length > 0 ? (position / length) * SEEK_STEPS : 0);
      seek.setAttribute("aria-valuetext", `${clock(position)} of ${clock(length)}`);
      element("song-position", HTMLElement).textContent = clock(position);
      element("song-duration", HTMLElement).textContent = length > 0 ? clock(length) : "–:––";
    },
    showReading(done) {
      element("song-reading", HTMLElement).textContent =
        done === null ? "" : `Reading the song ahead, ${Math.round(done * 100)}%`;
    },
    showVolume(level) {
      slide(volume, level * 100);
      mark("muted", level === 0);
      mute.setAttribute("aria-pressed", String(level === 0));
    },
    showPaused(isPaused) {
      mark("paused", isPaused);
      pause.setAttribute("aria-label", isPaused ? "Resume" : "Pause");
      pause.title = isPaused ? "Resume (Space)" : "Pause (Space)";
    },
    showMood({ valence, energy }) {
      const dot = element("mood-dot", SVGCircleElement);
      dot.setAttribute("cx", (20 + (valence - 0.5) * 30).toFixed(2));
      dot.setAttribute("cy", (20 - (energy - 0.5) * 30).toFixed(2));
      const word = moodWord({ valence, energy });
      element("mood-word", HTMLElement).textContent = word;
      mood.setAttribute(
        "aria-label",
        `Mood: ${word}, valence ${valence.toFixed(2)}, energy ${energy.toFixed(2)}`,
      );
    },
    showTally(words) {
      const tally = element("tally", HTMLElement);
      if (tally.textContent !== words) tally.textContent = words;
    },
    showPrevious(hasPrevious) {
      previous.disabled = !hasPrevious;
    },
    showKept(isKept) {
      keep.setAttribute("aria-pressed", String(isKept));
    },
    focus() {
      pause.focus({ focusVisible: true } as FocusOptions);
    },
  };
}

function slide(slider: HTMLInputElement, value: number): void {
  slider.valueAsNumber = value;
  slider.style.setProperty("--filled", `${((100 * value) / Number(slider.max)).toFixed(2)}%`);
}

/** Passes the bar's height, which depends on the screen, to the style sheet, so that the card beside the picture makes room. */
function measureHeight(): void {
  const bar = document.querySelector(".controls-bottom");
  if (!bar) return;
  new ResizeObserver(() => {
    document.body.style.setProperty("--controls-height", `${bar.getBoundingClientRect().height + 20}px`);
  }).observe(bar);
}
