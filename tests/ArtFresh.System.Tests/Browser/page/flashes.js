// What the stage paints under a pulse, looked at as WCAG 2.3.1 does: a grid of 24 by 18 stands for 1024 by 768 pixels, where ten degrees of sight are 8 by 6 cells.
const COLUMNS = 24;
const ROWS = 18;
const FIELD_COLUMNS = 8;
const FIELD_ROWS = 6;
const AREA_MAX = 0.25;
const FLASHES_MAX = 3;
const FPS = 60;
const RATE = 44_100;
/** The ear hears the first part of a sound before it is shown. */
const HEARD_SECONDS = 2;
const SHOWN_SECONDS = 1.5;

const LINEAR = Float64Array.from({ length: 256 }, (_, level) => {
  const value = level / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});

/** Sounds by the second, and how they are made of noise between -1 and 1. */
const SOUNDS = {
  claps: (time, noise) => noise * Math.exp(-((time % 0.25) / 0.04)),
  "fast claps": (time, noise) => noise * Math.exp(-((time % (1 / 7)) / 0.03)),
  "strobe of noise": (time, noise) => ((time * 10) % 1 < 0.5 ? noise : noise * 0.01),
  ...Object.fromEntries(
    [3, 5, 8, 12].map((hertz) => [
      `silence and loud at ${hertz} Hz`,
      (time, noise) => ((time * hertz) % 1 < 0.5 ? 0.7 * Math.sin(time * 2764) + 0.2 * noise : 0),
    ]),
  ),
};

/** Pulses that no sound makes. */
const PULSES = Object.fromEntries(
  [3, 4, 6, 9, 15].map((hertz) => [
    `all or nothing at ${hertz} Hz`,
    Array.from({ length: SHOWN_SECONDS * FPS }, (_, frame) => {
      const level = ((frame / FPS) * hertz) % 1 < 0.5 ? 1 : 0;
      return { loudness: level, onset: level, brightness: level, hue: level * 0.25 };
    }),
  ]),
);

/** The pulses of all inputs, by what they are. */
export function inputs(Ear) {
  const heard = Object.entries(SOUNDS).map(([name, sound]) => [name, pulsesOf(sound, new Ear(RATE))]);
  return { ...Object.fromEntries(heard), ...PULSES };
}

function pulsesOf(sound, ear) {
  let state = 7;
  const noise = () => {
    state = (state * 16_807) % 2_147_483_647;
    return (2 * state) / 2_147_483_647 - 1;
  };
  const samples = Float32Array.from({ length: RATE * (HEARD_SECONDS + SHOWN_SECONDS) }, (_, i) => sound(i / RATE, noise()));
  const pulses = [];
  for (let end = 4096; end <= samples.length; end += 512) {
    ear.hear(samples.subarray(end - 4096, end), (end - 4096) / RATE);
    if (end / RATE >= (pulses.length + 1) / FPS) pulses.push({ ...ear.pulse });
  }
  return pulses.slice(HEARD_SECONDS * FPS);
}

/** A stage that is stepped by hand, and what can be seen on it. */
export class SteppedStage {
  #now = 1000;
  #frames = [];
  #canvas = document.createElement("canvas");
  #guard;
  #id = 0;

  /** @param FlashGuard Of which each artwork has a new one: the last one's damping would help the next. */
  constructor(Stage, FlashGuard) {
    this.newGuard = () => {
      this.#guard = new FlashGuard();
    };
    this.newGuard();
    Object.assign(globalThis, { innerWidth: 2 * COLUMNS, innerHeight: 2 * ROWS, devicePixelRatio: 1 });
    globalThis.requestAnimationFrame = (frame) => this.#frames.push(frame);
    const guard = {
      soften: (...given) => this.#guard.soften(...given),
      admits: (...given) => this.#guard.admits(...given),
      note: (...given) => this.#guard.note(...given),
    };
    this.stage = new Stage(this.#canvas, document.createElement("div"), guard);
    if (!this.stage.isDrawing) throw new Error("no WebGL2");
  }

  /** Loads and compiles what a genome's picture needs. */
  prepare(genome) {
    return this.stage.prepare({ id: 0, genome, imageUrl: "" });
  }

  show(genome) {
    void this.stage.show({ id: ++this.#id, genome, imageUrl: "" }, async () => {});
  }

  /** Paints a frame. */
  async step(seconds) {
    this.#now += seconds * 1000;
    for (const frame of this.#frames.splice(0)) frame(this.#now);
    // What was painted is recorded, and what is prepared is hung.
    for (let turn = 0; turn < 16; turn++) await null;
  }

  /** Luminance and saturated red of each cell of the frame that was painted. */
  see() {
    const gl = this.#canvas.getContext("webgl2");
    const { drawingBufferWidth: width, drawingBufferHeight: height } = gl;
    const pixels = new Uint8Array(width * height * 4);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    const cells = COLUMNS * ROWS;
    const sums = [0, 1, 2, 3].map(() => new Float64Array(cells));
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const cell = Math.floor((y * ROWS) / height) * COLUMNS + Math.floor((x * COLUMNS) / width);
        for (let part = 0; part < 3; part++) sums[part][cell] += LINEAR[pixels[(y * width + x) * 4 + part]];
        sums[3][cell]++;
      }
    }
    const [red, green, blue, count] = sums;
    if (count.includes(0)) throw new Error("The canvas is too small for the grid.");
    return {
      luminance: red.map((r, i) => (0.2126 * r + 0.7152 * green[i] + 0.0722 * blue[i]) / count[i]),
      red: red.map((r, i) => Math.max(0, (r - green[i] - blue[i]) / count[i])),
      isSaturated: red.map((r, i) => (r >= 0.8 * (r + green[i] + blue[i]) && r > 0 ? 1 : 0)),
    };
  }
}

/** The largest part of a field of sight that flashes too often in any second: over AREA_MAX breaks the rule. */
export function worstArea(frames) {
  const turns = Array.from({ length: COLUMNS * ROWS }, (_, cell) => [
    generalTurns(frames.map(({ luminance }) => luminance[cell])),
    redTurns(
      frames.map(({ red }) => red[cell]),
      frames.map(({ isSaturated }) => isSaturated[cell]),
    ),
  ]);
  let worst = 0;
  for (let from = 0; from + FPS <= frames.length; from += 2) {
    const isOver = turns.map((kinds) =>
      kinds.some((at) => at.filter((frame) => frame >= from && frame < from + FPS).length / 2 > FLASHES_MAX),
    );
    worst = Math.max(worst, largestField(isOver));
  }
  return worst;
}

export const isOverLimit = (area) => area >= AREA_MAX;

function generalTurns(values) {
  return turnsOf(values, (i, j) => Math.abs(values[j] - values[i]) >= 0.1 && Math.min(values[i], values[j]) < 0.8);
}

function redTurns(values, isSaturated) {
  return turnsOf(values, (i, j) => Math.abs(values[j] - values[i]) > 20 / 320 && (isSaturated[i] || isSaturated[j]));
}

/** The frames in which a value has changed the other way than before. */
function turnsOf(values, isChange) {
  const turns = [];
  let way = 0;
  let low = 0;
  let high = 0;
  for (let i = 1; i < values.length; i++) {
    if (values[i] < values[low]) low = i;
    if (values[i] > values[high]) high = i;
    const isFall = way >= 0 && isChange(high, i);
    if (!isFall && !(way <= 0 && isChange(low, i))) continue;
    turns.push(i);
    way = isFall ? -1 : 1;
    low = high = i;
  }
  return turns;
}

function largestField(isOver) {
  let most = 0;
  for (let top = 0; top <= ROWS - FIELD_ROWS; top++) {
    for (let left = 0; left <= COLUMNS - FIELD_COLUMNS; left++) {
      let count = 0;
      for (let y = top; y < top + FIELD_ROWS; y++)
        for (let x = left; x < left + FIELD_COLUMNS; x++) if (isOver[y * COLUMNS + x]) count++;
      most = Math.max(most, count);
    }
  }
  return most / (FIELD_COLUMNS * FIELD_ROWS);
}

/** The worst area of an artwork under an input. */
export async function tryPulses(stepped, genome, pulses) {
  stepped.stage.clear();
  stepped.newGuard();
  await stepped.prepare(genome);
  stepped.show(genome);
  return watch(stepped, pulses, () => {});
}

/** The same of artworks that follow each other so many times a second, under an input. */
export async function tryNext(stepped, genomes, pulses, hertz) {
  let shown = 0;
  stepped.newGuard();
  return watch(stepped, pulses, (time) => {
    if (time * hertz >= shown) stepped.show(genomes[shown++ % genomes.length]);
  });
}

async function watch(stepped, pulses, before) {
  const frames = [];
  for (const [i, pulse] of pulses.entries()) {
    before(i / FPS);
    stepped.stage.pulse = pulse;
    await stepped.step(1 / FPS);
    frames.push(stepped.see());
  }
  return worstArea(frames);
}
