import type { Artwork, Client, Mood } from "artfresh";
import { createStock, type Stock } from "artfresh/stock";
import { createScore, drawGenome, type Score } from "./art/draw.js";
import { Conductor } from "./conductor.js";
import { Gallery } from "./gallery.js";
import type { Ear, Moment } from "./listening/ear.js";
import { NEUTRAL_MOOD, STILL } from "./listening/rest.js";
import { quietMood, quietPulse } from "./quiet.js";
import type { Tally } from "./screen/words.js";
import { ScoreConductor } from "./song/scoreConductor.js";
import type { SongScore } from "./song/songScore.js";
import type { Stage } from "./stage/stage.js";

export interface PlayerEvents {
  /** Called when an artwork is on screen. */
  onArtwork(artwork: Artwork): void;
  /** Called when the art of a listener who is gone has left the wall. */
  onCleared(): void;
  onPause(isPaused: boolean): void;
  /** Called when requests for art fail and none is left (true), or succeed again (false). */
  onTrouble(isInTrouble: boolean): void;
}

const TICK_MS = 200;
/** The stock of artworks that are ready: it asks for as many when it has fewer than this, or none within reach of the mood. */
const STOCK = { low: 4, order: 8, reach: 0.25 };
const RETRY_MS = 20_000;
/** In a song that is known the art changes with it; after so long without a moment for it, for instance after a seek, by itself. */
const SCORED_STAY_MAX_SECONDS = 30;
/** Less than the shortest stay in such a song. */
const STOCK_AHEAD_SECONDS = 6.5;

/** Shows art: takes artworks from the client's stock, shows them on the stage at the conductor's moments, and records impressions. */
export class Player {
  readonly #client: Client;
  readonly #stage: Stage;
  readonly #events: PlayerEvents;
  readonly #stock: Stock;
  readonly #gallery: Gallery;
  readonly #conductor = new Conductor();
  /** Says when to change in a song that is known ahead; else null. */
  #scored: ScoreConductor | null = null;
  /** Whether the art changes by itself, which begins with the listener's choice on the start screen. */
  #isRunning = false;
  #isPaused = false;
  /** Stands for the wait for fresh art, while there is one. */
  #waiting: object | null = null;
  #hasShown = false;
  #isSilent = true;
  #isInTrouble = false;
  #turn = 0;
  /** Number of listeners who have left this page. */
  #parted = 0;
  /** Of the client's impressions, those of earlier listeners, and what was shown again on purpose. */
  #uncounted = 0;
  /** The client's count when this listener came. */
  #repeatsBefore = 0;
  #seconds = 0;
  #mood: Mood = NEUTRAL_MOOD;
  /** The mood that the stock has turned to. */
  #coming: Mood = NEUTRAL_MOOD;
  #score: Score | null = null;
  #changes: { readonly id: number; readonly at: number }[] = [];

  constructor(client: Client, stage: Stage, events: PlayerEvents) {
    this.#client = client;
    this.#stage = stage;
    this.#events = events;
    // Before the stock gives back all that it has. A page in the back/forward cache may return and show it.
    addEventListener("pagehide", ({ persisted }) => persisted || this.#putBack());
    this.#stock = createStock(client, {
      ...STOCK,
      prefetch: (artwork) => stage.prepare(artwork),
      draw: (_, nextSeed) => this.#draw(nextSeed),
    });
    this.#gallery = new Gallery(this.#stock);
    client.whenListenerChanges((giveBack) => this.#clear(giveBack));
    client.whenWithdrawn((ids) => this.#takeDown(ids));
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

  /** Without artworks that were shown again on purpose. */
  get tally(): Tally {
    const { displayed, repeats } = this.#client.stats;
    return { shown: displayed - this.#uncounted, repeats: repeats - this.#repeatsBefore };
  }

  /** The last hundred artworks on screen, and when (milliseconds, as `performance.now`). */
  get changes(): readonly { readonly id: number; readonly at: number }[] {
    return this.#changes;
  }

  /** Shows the first artwork as soon as there is one, and starts the motion. */
  begin(): void {
    void this.#wait();
    let last = performance.now();
    setInterval(() => {
      const now = performance.now();
      this.#tick(Math.min(1, (now - last) / 1000));
      last = now;
    }, TICK_MS);
  }

  /** Lets the art change by itself. */
  run(): void {
    this.#isRunning = true;
    this.#conductor.restart();
    this.pause(false);
  }

  /** Keeps the current artwork until {@link run}. */
  rest(): void {
    this.#isRunning = false;
  }

  /** Call it with each hop of music. */
  hear(moment: Moment, ear: Ear): void {
    this.#isSilent = moment.isSilent;
    if (this.#isPaused) return;
    if (!moment.isSilent) {
      this.#stage.pulse = ear.pulse;
      if (!this.#scored) this.#mood = ear.mood;
    }
    if (this.#isRunning && !this.#stage.isHidden && !this.#scored && this.#conductor.hear(moment))
      this.#hangFresh();
  }

  /** Follows a song that is known ahead; with null, what is heard. */
  follow(score: SongScore | null): void {
    const scored = score && new ScoreConductor(score);
    this.#scored = scored?.isFollowing ? scored : null;
  }

  /** Call it often while a song plays, with the second of it that is heard. */
  reach(position: number): void {
    if (!this.#scored || this.#isPaused) return;
    const ahead = this.#stage.fadeSeconds / 2;
    this.#mood = this.#scored.moodAt(position + ahead);
    // Art of the next section is in stock when it begins; nothing changes in the last seconds before it.
    const coming = this.#scored.moodAt(position + STOCK_AHEAD_SECONDS);
    if (coming !== this.#coming) this.#stock.turnTo(coming);
    this.#coming = coming;
    const late = this.#scored.reach(position, ahead);
    if (late === null || !this.#isRunning || this.#isPaused || this.#stage.isHidden) return;
    this.#hangFresh(performance.now() - late * 1000);
  }

  /** Call it when the music has ended: the art then changes as without music. */
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
    const artwork = this.#gallery.forward(this.#mood);
    void (artwork ? this.#hang(artwork) : this.#wait());
  }

  previous(): void {
    const artwork = this.#gallery.back();
    if (artwork) void this.#hang(artwork);
  }

  /**
   * Shows an artwork on purpose: one of the listener's own again, or one that was shared with them.
   * @param isShared Whether it counts as shown: it may be new to the listener.
   */
  revisit(artwork: Artwork, isShared = false): void {
    this.#gallery.hang(artwork);
    void this.#hang(artwork, { revisit: true, isAgain: !isShared });
  }

  /** Ends the session: delivers the impressions, and gives back the artworks that were never on screen. */
  async finish(): Promise<void> {
    this.rest();
    this.#waiting = null;
    this.#putBack();
    await this.#stock.end();
  }

  /** Puts back what has not been on screen. */
  #putBack(): void {
    for (const artwork of this.#gallery.history) this.#stock.put(artwork);
  }

  #draw(nextSeed: () => bigint | undefined): string | undefined {
    if (!this.#stage.isDrawing) return undefined;
    this.#score ??= createScore() ?? (() => 1);
    return drawGenome(nextSeed, this.#score);
  }

  /** Hangs fresh art as soon as there is some. */
  async #wait(): Promise<void> {
    if (this.#waiting) return;
    const mine = {};
    this.#waiting = mine;
    // Rejects where the server refuses to serve art.
    const artwork = await this.#stock.next(this.#mood).catch(() => pause(RETRY_MS));
    if (this.#waiting !== mine) return artwork && this.#stock.put(artwork);
    this.#waiting = null;
    if (!artwork) return this.#wait();
    this.#gallery.hang(artwork);
    void this.#hang(artwork);
  }

  /** Leaves nothing of one listener to the next: neither on the wall nor in the stock nor to go back to. */
  #clear(giveBack: (artworkIds: number[]) => void): void {
    giveBack(this.#gallery.history.map(({ id }) => id));
    this.#gallery.clear();
    this.#turn++;
    this.#parted++;
    ({ displayed: this.#uncounted, repeats: this.#repeatsBefore } = this.#client.stats);
    this.#stage.clear();
    this.#changes = [];
    this.#events.onCleared();
    // The next listener's session begins after this.
    setTimeout(() => void this.#wait());
  }

  /** Takes withdrawn artworks off the wall at once, whatever follows. */
  #takeDown(ids: readonly number[]): void {
    this.#changes = this.#changes.filter(({ id }) => !ids.includes(id));
    this.#stage.takeOff(ids);
    if (!this.#gallery.withdraw(ids)) return;
    this.#events.onCleared();
    this.#hangFresh();
  }

  /** @param since When the fade should have begun, as `performance.now`. */
  #hangFresh(since?: number): void {
    const artwork = this.#gallery.takeFresh(this.#mood);
    void (artwork ? this.#hang(artwork, { since }) : this.#wait());
  }

  async #hang(
    artwork: Artwork,
    {
      revisit = false,
      isAgain = false,
      since,
    }: { revisit?: boolean; isAgain?: boolean; since?: number | undefined } = {},
  ): Promise<void> {
    const turn = ++this.#turn;
    const parted = this.#parted;
    const asked = this.#hasShown ? performance.now() : 0;
    this.#hasShown = true;
    this.#waiting = null;
    this.#conductor.restart();
    try {
      await this.#stage.prepare(artwork);
      if (turn !== this.#turn) {
        this.#stage.release(artwork.id);
        return;
      }
      const record = (): Promise<void> => {
        if (isAgain) this.#uncounted++;
        return this.#client.impression(artwork.id, { genome: artwork.genome, revisit });
      };
      const paintedAt = await this.#stage.show(artwork, record, since);
      if (paintedAt !== null && parted === this.#parted) this.#report(artwork, asked, paintedAt);
    } catch {
      // The picture does not load, so the previous artwork stays until the next change.
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

  /** Reports trouble only if the stock is empty and the page can make no art. */
  #reportTrouble(): void {
    const { isAway, error, size } = this.#stock;
    const isInTrouble = (isAway || error !== undefined) && size === 0 && !this.#stage.isDrawing;
    if (isInTrouble === this.#isInTrouble) return;
    this.#isInTrouble = isInTrouble;
    this.#events.onTrouble(isInTrouble);
  }

  #tick(seconds: number): void {
    this.#reportTrouble();
    if (this.#isPaused || this.#stage.isHidden) return;
    if (this.#waiting && this.#stock.isAway) this.#hangFresh();
    this.#seconds += seconds;
    if (this.#isSilent) {
      this.#stage.pulse = quietPulse(this.#seconds);
      this.#mood = quietMood(this.#seconds);
    }
    const isDue = this.#conductor.pass(seconds, this.#isSilent);
    const isScored = this.#scored !== null && this.#conductor.stay < SCORED_STAY_MAX_SECONDS;
    if (this.#isRunning && isDue && !isScored) this.#hangFresh();
  }
}

const pause = (ms: number): Promise<void> => new Promise((resume) => setTimeout(resume, ms));
