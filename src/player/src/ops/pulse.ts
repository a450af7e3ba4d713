import { drawn, node } from "../node.js";
import { element } from "../screen/element.js";
import { morph } from "./morph.js";
import { readPulse } from "./server.js";
import type { Pulse, PulseMinute } from "./wire.js";
import { count } from "./words.js";

const everyMs = 5000;
const width = 720;
const height = 72;
const minuteMs = 60_000;
const shownMinutes = 60;
const rate = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** Asks the server again and again. Calls back with each answer, and with undefined when there is none. */
export async function watchPulse(signal: AbortSignal, on: (pulse: Pulse | undefined) => void): Promise<void> {
  while (!signal.aborted) {
    const asking = new AbortController();
    const late = setTimeout(() => asking.abort(), everyMs);
    const pulse = await readPulse(asking.signal).catch(() => undefined);
    clearTimeout(late);
    if (signal.aborted) return;
    if (pulse) showPulse(pulse);
    // What it shows is how it was.
    element("pulse", HTMLElement).toggleAttribute("data-stale", !pulse);
    on(pulse);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

export function showPulse(pulse: Pulse): void {
  element("pulse", HTMLElement).hidden = false;
  morph(element("pulse-now", HTMLDListElement), [
    fact("Requests a second", rate.format(pulse.requestsASecond)),
    fact("Problems a second", rate.format(pulse.problemsASecond), pulse.troubles.length > 0),
    fact("Sessions in memory", pulse.sessions === null ? "not known" : count(pulse.sessions)),
    fact("A ledger's commit", pulse.commitMs === null ? "none lately" : `${rate.format(pulse.commitMs)} ms`),
  ]);
  morph(element("pulse-hour", HTMLElement), [hourChart(pulse)]);
}

const fact = (name: string, value: string, isBad = false) =>
  node(
    "div",
    isBad ? { class: "fact fact-bad" } : { class: "fact" },
    node("dt", {}, name),
    node("dd", {}, value),
  );

/** A bar for each minute of the last hour: answers as asked for, and on them those that were not. */
export function hourChart({ minutes, startedAt }: Pulse): SVGElement {
  const last = Date.parse(minutes[minutes.length - 1]?.at ?? startedAt);
  const most = Math.max(1, ...minutes.map(({ requests }) => requests));
  const step = width / shownMinutes;
  const bars = minutes.flatMap((minute) => {
    const x = width - step * (1 + (last - Date.parse(minute.at)) / minuteMs);
    const problems = problemsOf(minute);
    const up = (requests: number) => (requests ? Math.max(2, (requests / most) * (height - 4)) : 0);
    const said = drawn("title", {});
    said.textContent = `${clock(minute.at)}: ${count(minute.requests)} requests${problems ? `, ${told(minute)}` : ""}`;
    const bar = (name: string, from: number, tall: number, ...children: Node[]) =>
      drawn(
        "rect",
        { class: name, x, y: height - from - tall, width: Math.max(1, step - 2), height: tall, rx: 1.5 },
        ...children,
      );
    const good = up(minute.requests - problems);
    return [
      bar("bar bar-good", 0, good, said),
      ...(problems ? [bar("bar bar-fail", good, up(problems), said.cloneNode(true))] : []),
    ];
  });
  const total = minutes.reduce((sum, { requests }) => sum + requests, 0);
  const bad = minutes.reduce((sum, minute) => sum + problemsOf(minute), 0);
  return drawn(
    "svg",
    {
      class: "hour",
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-label": `The last hour: ${count(total)} requests, ${count(bad)} of them refused or failed`,
      preserveAspectRatio: "none",
    },
    ...bars,
  );
}

const problemsOf = ({ refused, limited, turnedAway, errors }: PulseMinute) =>
  refused + limited + turnedAway + errors;

const told = ({ refused, limited, turnedAway, errors }: PulseMinute) =>
  (
    [
      [refused, "refused"],
      [limited, "over a quota"],
      [turnedAway, "turned away"],
      [errors, "failed"],
    ] as const
  )
    .filter(([number]) => number)
    .map(([number, word]) => `${count(number)} ${word}`)
    .join(", ");

const clock = (at: string) =>
  `${new Date(at).toLocaleTimeString("en", { timeStyle: "short", timeZone: "UTC" })} UTC`;
