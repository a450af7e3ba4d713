import type { Artwork, Client } from "artfresh";
import { createKeeping, type Keeping } from "./keeping.js";
import { createMine } from "./mine/mine.js";
import type { MineCommands } from "./mine/ports.js";
import { Music } from "./music.js";
import { Player } from "./player.js";
import { createCalm } from "./screen/calm.js";
import { createCaption } from "./screen/caption.js";
import { type Controls, createControls } from "./screen/controls.js";
import { button, currentScreen, element, goToScreen } from "./screen/element.js";
import { createFloating } from "./screen/floating.js";
import { leaveFullScreen, toggleFullScreen } from "./screen/fullScreen.js";
import { listenToGestures } from "./screen/gestures.js";
import { createHelp } from "./screen/help.js";
import { createIdle, type Idle } from "./screen/idle.js";
import { listenToKeys } from "./screen/keys.js";
import { createLabel } from "./screen/label.js";
import { createMediaKeys, type MediaKeys } from "./screen/mediaKeys.js";
import { createMessage, type Message } from "./screen/message.js";
import { createStart } from "./screen/start.js";
import { keepScreenAwake } from "./screen/wakeLock.js";
import { tallyWords, titleOfArtwork } from "./screen/words.js";
import { forgetScores } from "./song/forgetScores.js";
import { Stage } from "./stage/stage.js";

const REFRESH_MS = 500;
const SEEK_SECONDS = 10;

/** One visit: connects the listener's input with the player, the sound and the screen. */
export class Exhibition {
  readonly client: Client;
  readonly player: Player;
  readonly #controls: Controls;
  readonly #message: Message = createMessage();
  readonly #caption: (text: string) => void = createCaption();
  readonly #stage: Stage = new Stage(element("canvas", HTMLCanvasElement), element("pictures", HTMLElement));
  readonly #idle: Idle;
  readonly #keeping: Keeping;
  readonly #mine: MineCommands;
  readonly #music: Music;
  readonly #mediaKeys: MediaKeys;
  readonly #offerBack: () => void;
  readonly #updateWakeLock: () => void;
  /** The commands of keys, buttons and gestures. */
  readonly #commands = {
    next: (): void => this.#ask(() => this.player.next()),
    previous: (): void => this.#ask(() => this.player.previous()),
    nextSong: (): void => this.#skip(1),
    previousSong: (): void => this.#skip(-1),
    togglePause: (): void => this.#onWall(() => this.#pause(!this.player.isPaused)),
    play: (): void => this.#onWall(() => this.#pause(false)),
    pause: (): void => this.#onWall(() => this.#pause(true)),
    forward: (): void => this.#onWall(() => this.#music.seekBy(SEEK_SECONDS)),
    rewind: (): void => this.#onWall(() => this.#music.seekBy(-SEEK_SECONDS)),
    toggleKept: (): void => this.#onWall(() => void this.#toggleKept()),
    toggleMute: (): void => this.#music.toggleMute(),
    toggleShuffle: (): void => this.#music.toggleShuffle(),
    changeRepeat: (): void => this.#music.changeRepeat(),
    openSongs: (): void => this.#onWall(() => this.#music.choose.openSongs()),
    toggleFullScreen,
    toggleCalm: createCalm((isCalm) => {
      this.#stage.isCalm = isCalm;
    }),
    openHelp: createHelp(),
    ...createFloating(this.#stage, (text) => this.#message.say(text)),
  };
  #isForMembers = false;
  /** Whether the listener has asked for the artwork that comes next. */
  #isAsked = false;

  constructor(client: Client) {
    this.client = client;
    this.#keeping = createKeeping(client);
    this.player = this.#createPlayer();
    this.#mine = this.#createMine();
    this.#music = new Music({
      player: this.player,
      controls: () => this.#controls,
      mediaKeys: () => this.#mediaKeys,
      open: () => this.#open(),
      say: (text) => this.#message.say(text),
      caption: this.#caption,
    });
    this.#controls = createControls({
      ...this.#commands,
      openMenu: this.#mine.openMenu,
      seek: (position) => this.#music.seek(position),
      chooseMusic: () => this.#chooseMusic(),
      finish: () => void this.#finish(),
      setVolume: (volume) => this.#music.setVolume(volume),
    });
    this.#idle = createIdle(() => currentScreen() === "art" && !this.player.isPaused);
    this.#mediaKeys = createMediaKeys({
      nextSong: this.#commands.nextSong,
      previousSong: this.#commands.previousSong,
      pause: (isPaused) => this.#pause(isPaused),
      seek: (position) => this.#music.seek(position),
      seekBy: (seconds) => this.#music.seekBy(seconds),
    });
    this.#updateWakeLock = keepScreenAwake(() => currentScreen() === "art" && !this.player.isPaused);
    this.#offerBack = createStart({
      play: (songs, index) => this.#music.play(songs, index),
      listen: () => void this.#music.listen("microphone"),
      quiet: () => this.#quiet(),
      refuse: () => this.#message.say("That file has no sound."),
      back: () => this.#open(),
    });
    this.#takeInput();
    button("again", () => location.reload());
    button("kept-open", this.#mine.openKept);
    button("history-open", this.#mine.openHistory);
    button("your-data-open", this.#mine.openYourData);
    button("sources-open", this.#music.choose.openSources);
    this.#controls.showSong("quiet", null);
    setInterval(() => this.#refresh(), REFRESH_MS);
    this.player.begin();
  }

  /** A screen in a room, without anybody at it: shows art at once. */
  openKiosk(): void {
    document.body.dataset.kiosk = "";
    this.#quiet();
  }

  #createPlayer(): Player {
    const label = createLabel();
    return new Player(this.client, this.#stage, {
      onArtwork: (artwork) => {
        label(artwork);
        if (this.#isAsked) this.#caption(titleOfArtwork(artwork));
        this.#isAsked = false;
        this.#showKept();
        this.#refresh();
        if (this.#music.hasSong)
          void this.#stage.portrait().then((portrait) => this.#mediaKeys.picture(portrait));
      },
      onCleared: () => {
        this.#keeping.clear();
        void forgetScores();
        label(null);
        this.#showKept();
      },
      onPause: (isPaused) => {
        this.#controls.showPaused(isPaused);
        this.#caption(isPaused ? "Paused." : "Playing.");
        this.#mediaKeys.playing(!isPaused);
        this.#updateWakeLock();
        this.#idle.wake();
      },
      onTrouble: (isInTrouble) => this.#sayTrouble(isInTrouble),
    });
  }

  #takeInput(): void {
    listenToKeys({
      ...this.#commands,
      ...this.#mine,
      back: () => this.#back(),
      wake: () => this.#idle.wake(),
      enterControls: () => {
        this.#idle.wake();
        this.#controls.focus();
      },
    });
    listenToGestures(element("wall", HTMLElement), {
      ...this.#commands,
      openMenu: () => this.#onWall(this.#mine.openMenu),
      openKept: () => this.#onWall(this.#mine.openKept),
      openHistory: () => this.#onWall(this.#mine.openHistory),
      tap: () => this.#onWall(() => this.#idle.toggle()),
      doubleTap: this.#commands.toggleKept,
      doubleClick: () => this.#onWall(toggleFullScreen),
    });
    releaseFocusAfterPointer();
  }

  async #toggleKept(): Promise<void> {
    this.#message.say(await this.#keeping.toggle(this.player.artwork?.id));
    this.#showKept();
  }

  #showKept(): void {
    this.#controls.showKept(this.#keeping.has(this.player.artwork?.id));
  }

  #createMine(): MineCommands {
    return createMine({
      client: this.client,
      keeping: this.#keeping,
      current: () => this.player.artwork,
      revisit: (artwork) => this.#revisit(artwork),
      onKept: () => this.#showKept(),
      say: (text) => this.#message.say(text),
      finish: () => this.player.finish(),
    });
  }

  #revisit(artwork: Artwork, isShared = false): void {
    if (currentScreen() !== "art") this.#quiet();
    this.player.revisit(artwork, isShared);
    this.#idle.wake();
  }

  /** Shows the artwork of a link that somebody has shared. */
  async showShared(artworkId: number): Promise<void> {
    try {
      const artwork = await this.client.artwork(artworkId);
      if (artwork.state === "withdrawn") throw artwork;
      this.#revisit(artwork, true);
      this.#message.say("Shared with you. All that comes next is new to you.");
    } catch {
      this.#message.say("There is no artwork at this address.");
    }
    // Loaded again, the page goes on with fresh art.
    history.replaceState(null, "", "/");
  }

  #ask(act: () => void): void {
    this.#onWall(() => {
      this.#isAsked = true;
      act();
    });
  }

  #onWall(act: () => void): void {
    if (currentScreen() === "art") act();
  }

  #quiet(): void {
    this.#music.stop();
    this.#open();
  }

  #open(): void {
    goToScreen("art");
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    this.player.run();
    this.#music.pause(false);
    this.#offerBack();
    this.#idle.wake();
    this.#updateWakeLock();
  }

  #chooseMusic(): void {
    this.player.rest();
    goToScreen("start");
    this.#updateWakeLock();
  }

  #back(): void {
    if (currentScreen() === "start" && !element("back", HTMLButtonElement).hidden) this.#open();
    else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }

  #pause(isPaused: boolean): void {
    this.player.pause(isPaused);
    this.#music.pause(isPaused);
  }

  /** To another song; without songs to another artwork. */
  #skip(by: 1 | -1): void {
    if (this.#music.hasSong) this.#onWall(() => this.#music.skip(by));
    else if (by > 0) this.#commands.next();
    else this.#commands.previous();
  }

  async #finish(): Promise<void> {
    this.#music.stop();
    await leaveFullScreen();
    await this.player.finish();
    const title = element("farewell-title", HTMLElement);
    element("farewell-words", HTMLElement).textContent = `You saw ${tallyWords(this.player.tally)}.`;
    element("farewell", HTMLElement).hidden = false;
    goToScreen("farewell");
    title.focus();
    this.#updateWakeLock();
  }

  /** Shows the message of an error that a retry can't fix. */
  explain(code: string | undefined): void {
    this.#isForMembers = code === "guests_off";
    if (this.#isForMembers) this.#sayTrouble(true);
  }

  #sayTrouble(isInTrouble: boolean): void {
    if (!isInTrouble) this.#message.clear();
    else if (this.#isForMembers) {
      this.#message.say("This gallery is for members. Sign in, then open it again.", { stays: true });
    } else if (this.player.artwork) {
      this.#message.say("No connection. This artwork stays until new art arrives.", { stays: true });
    } else {
      this.#message.say("Can't reach the gallery. Trying again…", { stays: true });
    }
  }

  #refresh(): void {
    this.#controls.showTally(tallyWords(this.player.tally));
    this.#controls.showMood(this.player.mood);
    this.#controls.showPrevious(this.player.hasPrevious);
  }
}

/** Removes the focus from a clicked button, which would keep the arrow keys from the wall. */
function releaseFocusAfterPointer(): void {
  document.addEventListener("click", (event) => {
    const isByPointer = event.detail > 0;
    if (isByPointer && currentScreen() === "art" && document.activeElement instanceof HTMLElement) {
      document.activeElement.blur();
    }
  });
}
