/** The time of the server: a device may start in 1970, and be set right while a page is open. */
export interface Clock {
  /** Milliseconds since the Unix epoch. Goes on evenly between two answers, whatever is done to the device's clock. */
  now(): number;
  /** Call it with each answer. */
  learn(headers: Headers): void;
}

/** A device's clock that is no farther off is used as it is: it is finer than the server's header of whole seconds. */
const toleranceMs = 120_000;

export function createClock(): Clock {
  /** What to add to the time since the page began; undefined before the first answer. */
  let startMs: number | undefined;
  return {
    now: () => (startMs === undefined ? Date.now() : Math.round(startMs + performance.now())),
    learn(headers) {
      // A page of another origin does not see it if something between removes what the server exposes.
      const serverMs = Date.parse(headers.get("date") ?? "");
      const deviceMs = Date.now();
      if (!serverMs) return;
      startMs = (Math.abs(serverMs - deviceMs) < toleranceMs ? deviceMs : serverMs) - performance.now();
    },
  };
}
