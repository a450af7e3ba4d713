/** A MIDI file's notes and metre. Times are seconds from its start. */
export interface Score {
  readonly seconds: number;
  readonly beats: readonly number[];
  readonly downbeats: readonly number[];
  readonly notes: readonly Note[];
  /** Of the first key signature: true for major, false for minor, null without one. */
  readonly isMajor: boolean | null;
}

export interface Note {
  readonly seconds: number;
  readonly key: number;
  readonly channel: number;
}

interface Event {
  readonly tick: number;
  readonly kind: "tempo" | "metre" | "note" | "mode" | "end";
  /** Microseconds of a quarter; quarters of a bar and of a beat; key and channel; 1 for minor. */
  readonly values: readonly number[];
}

const DRUMS = 9;

/** Reads a standard MIDI file (format 0 or 1, ticks per quarter). */
export function readMidi(file: Buffer): Score {
  const ticksPerQuarter = file.readUInt16BE(12);
  const events: Event[] = [];
  for (let at = 14; at + 8 <= file.length; at += 8 + file.readUInt32BE(at + 4)) {
    if (file.toString("latin1", at, at + 4) === "MTrk")
      events.push(...trackEvents(file.subarray(at + 8, at + 8 + file.readUInt32BE(at + 4))));
  }
  events.sort((one, other) => one.tick - other.tick);
  const clock = clockOf(events, ticksPerQuarter);
  const notes = events
    .filter(({ kind }) => kind === "note")
    .map(({ tick, values: [key = 0, channel = 0] }) => ({ seconds: clock(tick), key, channel }));
  const last = events[events.length - 1]?.tick ?? 0;
  const mode = events.find(({ kind }) => kind === "mode")?.values[0];
  return {
    seconds: clock(last),
    ...grid(events, ticksPerQuarter, clock, last),
    notes,
    isMajor: mode === undefined ? null : mode === 0,
  };
}

export function isDrum({ channel }: Note): boolean {
  return channel === DRUMS;
}

function clockOf(events: readonly Event[], ticksPerQuarter: number): (tick: number) => number {
  const tempos = [{ tick: 0, seconds: 0, perTick: 0.5 / ticksPerQuarter }];
  for (const { tick, kind, values } of events) {
    if (kind !== "tempo") continue;
    const before = tempos[tempos.length - 1] as (typeof tempos)[number];
    const seconds = before.seconds + (tick - before.tick) * before.perTick;
    tempos.push({ tick, seconds, perTick: (values[0] ?? 0) / 1e6 / ticksPerQuarter });
  }
  return (tick) => {
    const tempo = tempos.findLast((each) => each.tick <= tick) as (typeof tempos)[number];
    return tempo.seconds + (tick - tempo.tick) * tempo.perTick;
  };
}

function grid(
  events: readonly Event[],
  ticksPerQuarter: number,
  clock: (tick: number) => number,
  last: number,
): Pick<Score, "beats" | "downbeats"> {
  const metres = events.filter(({ kind }) => kind === "metre");
  const [beats, downbeats]: number[][] = [[], []];
  const all = metres[0]?.tick === 0 ? metres : [{ tick: 0, values: [4, 1] }, ...metres];
  for (const [i, { tick, values }] of all.entries()) {
    const [bar = 4, beat = 1] = values;
    const end = all[i + 1]?.tick ?? last;
    for (let n = 0; ; n++) {
      const at = tick + n * beat * ticksPerQuarter;
      if (at >= end) break;
      beats?.push(clock(at));
      if (n % Math.round(bar / beat) === 0) downbeats?.push(clock(at));
    }
  }
  return { beats: beats ?? [], downbeats: downbeats ?? [] };
}

function trackEvents(track: Buffer): Event[] {
  const events: Event[] = [];
  let [at, tick, running] = [0, 0, 0];
  const number = (): number => {
    let value = 0;
    for (;;) {
      const byte = track[at++] ?? 0;
      value = (value << 7) | (byte & 0x7f);
      if (byte < 0x80) return value;
    }
  };
  while (at < track.length) {
    tick += number();
    if ((track[at] ?? 0) >= 0x80) running = track[at++] ?? 0;
    if (running === 0xff) {
      const type = track[at++] ?? 0;
      const length = number();
      const data = track.subarray(at, at + length);
      at += length;
      if (type === 0x51) events.push({ tick, kind: "tempo", values: [data.readUIntBE(0, 3)] });
      if (type === 0x58) events.push({ tick, kind: "metre", values: metreOf(data) });
      if (type === 0x59) events.push({ tick, kind: "mode", values: [data[1] ?? 0] });
      if (type === 0x2f) events.push({ tick, kind: "end", values: [] });
    } else if (running === 0xf0 || running === 0xf7) {
      at += number();
    } else {
      const [key = 0, velocity = 0] = track.subarray(at, at + 2);
      const isNote = running >> 4 === 9 && velocity > 0;
      if (isNote) events.push({ tick, kind: "note", values: [key, running & 15] });
      at += running >> 4 === 12 || running >> 4 === 13 ? 1 : 2;
    }
  }
  return events;
}

/** Quarters of a bar, and of a beat: in 6/8, 9/8 and 12/8 a beat has three eighths. */
function metreOf(data: Buffer): number[] {
  const [count = 4, power = 2] = data;
  const quarters = 4 / 2 ** power;
  const isCompound = power === 3 && count > 3 && count % 3 === 0;
  return [count * quarters, isCompound ? 3 * quarters : quarters];
}
