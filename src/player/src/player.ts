import { type Artwork, type Client, improvise, type Mood } from "artfresh";
import { createScore, drawGenome, type Score } from "./art/draw.js";
import { Conductor } from "./conductor.js";
import { Gallery } from "./gallery.js";
import type { Ear, Moment } from "./listening/ear.js";
import { NEUTRAL_MOOD } from "./listening/mood.js";
import { STILL } from "./listening/pulse.js";
import { quietMood, quietPulse } from "./quiet.js";
import type { Stage } from "./stage/stage.js";

export interface PlayerEvents {
  /** This artwork is on screen now. */
  onArtwork(artwork: Artwork): void;
  onPause(isPaused: boolean): void;
  /** Art stopped arriving and none is left (true), or it arrives again (false). */
  onTrouble(isInTrouble: boolean): void;
}

const TICK_MS = 200;
const PATIENCE_MS = 5000;

/** Shows art: takes it from the gallery, hangs it on the stage when the conductor says so, and reports what was on screen. */
export class Player {
  readonly #client: Client;
  readonly #stage: Stage;
  readonly #events: PlayerEvents;
  readonly #gallery: Gallery;
  readonly #conductor = new Conductor();
  /** Changes by themselves begin with the listener's choice: nobody looks at a start screen for long. */
  #isRunning = false;
  #isPaused = false;
  #isWaiting = true;
  #hasShown = false;
  #isSilent = true;
  #isReachable = true;
  #isInTrouble = false;
  #turn = 0;
  #seconds = 0;
  #mood: Mood = NEUTRAL_MOOD;
  #score: Score | null = null;
  #changes: { readonly id: number; readonly at: number }[] = [];

  constructor(client: Client, stage: Stage, events: PlayerEvents) {
    this.#client = client;
    this.#stage = stage;
    this.#events = events;
    this.#gallery = new Gallery(
      {
        fresh: (count, mood) => this.#askFresh(count, mood),
        prepare: (artwork) => stage.prepare(artwork),
        improvise: (mood) => this.#improvise(mood),
        onStocked: () => {
          if (this.#isWaiting) this.#hangFresh();
        },
        onReachable: (isReachable) => {
          this.#isReachable = isReachable;
        },
        wait: (seconds) => new Promise((resume) => setTimeout(resume, seconds * 1000)),
      },
      NEUTRAL_MOOD,
    );
  }

  get artwork(): Artwork | null {
    return this.#gallery.current;
  }

  get hasPrevious(): boolean {
    return this.#gallery.hasPrevious;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  get mood(): Mood {
    return this.#mood;
  }

  /** What came on screen and when (milliseconds, as `performance.now`); the last hundred. */
  get changes(): readonly { readonly id: number; readonly at: number }[] {
    return this.#changes;
  }

  /** Puts the first artwork up as soon as there is one, and keeps the art moving. */
  begin(): void {
    this.#gallery.restock();
    let last = performance.now();
    setInterval(() => {
      const now = performance.now();
      this.#tick(Math.min(1, (now - last) / 1000));
      last = now;
    }, TICK_MS);
  }

  /** From now on the art changes by itself. */
  run(): void {
    this.#isRunning = true;
    this.#conductor.restart();
    this.pause(false);
  }

  /** Leaves what is up where it is, until {@link run}. */
  rest(): void {
    this.#isRunning = false;
  }

  /** One hop of music. */
  hear(moment: Moment, ear: Ear): void {
    this.#isSilent = moment.isSilent;
    if (this.#isPaused) return;
    if (!moment.isSilent) {
      this.#stage.pulse = ear.pulse;
      this.#setMood(ear.mood);
    }
    if (this.#isRunning && !document.hidden && this.#conductor.hear(moment)) this.#hangFresh();
  }

  /** The music has gone: quiet art from now on. */
  hush(): void {
    this.#isSilent = true;
  }

  pause(isPaused: boolean): void {
    if (this.#isPaused === isPaused) return;
    this.#isPaused = isPaused;
    this.#stage.isMoving = !isPaused;
    if (isPaused) this.#stage.pulse = STILL;
    this.#events.onPause(isPaused);
  }

  next(): void {
    const artwork = this.#gallery.forward();
    if (artwork) void this.#hang(artwork);
    else this.#isWaiting = true;
  }

  previous(): void {
    const artwork = this.#gallery.back();
    if (artwork) void this.#hang(artwork);
  }

  /** The page ends in this moment: what was never on screen may be served again. */
  leave(): void {
    void this.#client.end(this.#gallery.unshown, true);
  }

  /** Ends the session for good: what was shown is delivered, what was not may be served again. */
  async finish(): Promise<void> {
    this.rest();
    this.#gallery.close();
    await this.#client.end(this.#gallery.unshown);
  }

  async #askFresh(count: number, mood: Mood): Promise<Artwork[]> {
    // The client tries for half a minute before it gives up, and a listener wonders sooner.
    const wondering = setTimeout(() => {
      this.#isReachable = false;
    }, PATIENCE_MS);
    try {
      return await this.#client.fresh({ count, valence: mood.valence, energy: mood.energy });
    } finally {
      clearTimeout(wondering);
    }
  }

  #improvise(mood: Mood): Artwork | null {
    if (this.#isReachable || !this.#stage.isDrawing) return null;
    this.#score ??= createScore() ?? (() => 1);
    const score = this.#score;
    return improvise(this.#client, (_, nextSeed) => drawGenome(nextSeed, score), mood) ?? null;
  }

  #hangFresh(): void {
    const artwork = this.#gallery.takeFresh();
    this.#isWaiting = artwork === null;
    if (artwork) void this.#hang(artwork);
  }

  async #hang(artwork: Artwork): Promise<void> {
    const turn = ++this.#turn;
    const asked = this.#hasShown ? performance.now() : 0;
    this.#hasShown = true;
    this.#isWaiting = false;
    this.#conductor.restart();
    try {
      await this.#stage.prepare(artwork);
      if (turn !== this.#turn) return;
      // Written down first: whatever is killed from here on, it counts as seen.
      this.#gallery.confirmShown(artwork.id);
      await this.#client.impression(artwork.id, artwork);
      if (turn !== this.#turn) return;
      const paintedAt = await this.#stage.show(artwork);
      if (paintedAt !== null) this.#report(artwork, asked, paintedAt);
    } catch {
      // The picture does not load: the one before it stays until the next change.
      if (turn === this.#turn) this.#isWaiting = !this.#hasShown;
    }
  }

  #report(artwork: Artwork, asked: number, paintedAt: number): void {
    if (asked === 0) {
      performance.measure("artfresh-first-art", { start: 0, end: paintedAt });
      console.info(`[FirstArt] ${Math.round(paintedAt)} ms`);
    }
    this.#client.displayed(artwork.id, paintedAt - asked);
    this.#changes = [...this.#changes.slice(-99), { id: artwork.id, at: paintedAt }];
    if (artwork === this.#gallery.current) this.#events.onArtwork(artwork);
  }

  #setMood(mood: Mood): void {
    this.#mood = mood;
    this.#gallery.mood = mood;
  }

  /** A connection that is lost is no matter while there is art in stock, or art can be made here. */
  #reportTrouble(): void {
    const isInTrouble = !this.#isReachable && this.#gallery.stocked === 0 && !this.#stage.isDrawing;
    if (isInTrouble === this.#isInTrouble) return;
    this.#isInTrouble = isInTrouble;
    this.#events.onTrouble(isInTrouble);
  }

  #tick(seconds: number): void {
    this.#reportTrouble();
    if (this.#isPaused || document.hidden) return;
    if (this.#isWaiting && !this.#isReachable) this.#hangFresh();
    this.#seconds += seconds;
    if (this.#isSilent) {
      this.#stage.pulse = quietPulse(this.#seconds);
      this.#setMood(quietMood(this.#seconds));
    }
    if (this.#isRunning && this.#conductor.pass(seconds, this.#isSilent)) this.#hangFresh();
  }
}
