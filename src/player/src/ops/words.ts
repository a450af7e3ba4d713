import type { Figure, Held, Source, Struck, Trigger, Unit } from "./wire.js";

interface Word {
  title: string;
  says: string;
  /** What an operator does where the target is missed. */
  todo?: string;
}

const known: Record<string, Word> = {
  legacy: {
    title: "Violations",
    says: "Artworks served twice, and impressions without viewed_at.",
    todo: "Run the commands legacy and verify: they name each artwork and listener.",
  },
  withoutViewedAt: {
    title: "Without viewed_at",
    says: "Impressions whose artwork had no first view.",
    todo: "Run the command legacy: it names each artwork.",
  },
  duplicatesRecorded: {
    title: "Served twice",
    says: "Artworks set aside for a listener who had them.",
    todo: "Run the command legacy: it names each listener and artwork.",
  },
  batchSuccess: {
    title: "Batch success",
    says: "Share of the clients' requests for which they saw a success.",
    todo: "Look at the requests of the last hour. If they are well, compare releases.",
  },
  hookFlush: {
    title: "Hook flushes",
    says: "Share of the batches held when a page hid or ended that it sent.",
    todo: "Compare releases: a release that lost its hooks shows here.",
  },
  beaconDelivery: {
    title: "Beacons arrived",
    says: "Share of the requests that can outlive their page that arrived.",
    todo: "Compare releases, and look for a proxy that drops requests of closing pages.",
  },
  duplicates: {
    title: "Duplicates",
    says: "Impressions that arrived again and were not recorded again.",
  },
  repeats: {
    title: "Repeats claimed",
    says: "New impressions of artworks already shown, as reported by clients.",
  },
  revisits: {
    title: "Revisits claimed",
    says: "Kept artworks that clients say they showed again on purpose.",
  },
  flickerSkips: {
    title: "Flickers skipped",
    says: "Displays that clients skipped as re-renders.",
  },
  lost: {
    title: "Lost",
    says: "Impressions that never arrived, in sessions that are over or silent for a day, as their numbers tell.",
    todo: "Compare releases. Lost at most is the bound that the server knows.",
  },
  lostAtMost: {
    title: "Lost at most, of art that was served",
    says: "What was set aside for sessions, and neither reported nor given back. Includes what is still on its way, and until a session ends the rest of its block. Has no value where the ledger has gone back since: see restored --report.",
  },
  callsSaved: {
    title: "Calls saved",
    says: "Compared to one request for each impression.",
    todo: "Clients send small batches: see whether a release delivers one by one.",
  },
  freshDisplayP50Ms: {
    title: "Fresh on screen, median",
    says: "From asking for art to seeing it.",
    todo: "Look at the time of a commit and at the pictures' server or cache.",
  },
  freshDisplayP95Ms: {
    title: "Fresh on screen, p95",
    says: "95% of the displays are faster.",
    todo: "Look at the time of a commit and at the pictures' server or cache.",
  },
  freshDisplayUnder3s: {
    title: "Fresh within 3 s",
    says: "Share of the displays that took under 3,000 ms.",
    todo: "Look at the time of a commit and at the pictures' server or cache.",
  },
  claimsRefused: {
    title: "Claims refused",
    says: "Reports of clients that cannot be true. No other figure counts them.",
  },
};

/** A figure's title and explanation; an unknown figure has its name as title. */
export const wordOf = (name: string): Word => known[name] ?? { title: spaced(name), says: "" };

/** A camelCase name as words. */
export function spaced(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const whole = new Intl.NumberFormat("en");
const precise = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** A share in per cent, truncated so that it never shows a target that it misses. */
export function percent(share: number): string {
  if (share === 0 || share === 1) return `${share * 100}%`;
  const digits =
    Math.abs(1 - share) < 0.001 || Math.abs(share) < 0.001
      ? 3
      : Math.abs(1 - share) < 0.1 || Math.abs(share) < 0.1
        ? 2
        : 1;
  const factor = 10 ** (digits + 2);
  return `${Number((Math.trunc(share * factor) / (factor / 100)).toFixed(digits))}%`;
}

export const count = (number: number): string => whole.format(number);

export function inUnit(unit: Unit, value: number | null): string {
  if (value === null) return "nothing yet";
  if (unit === "ms")
    return value >= 1000 ? `${precise.format(value / 1000)} s` : `${whole.format(Math.round(value))} ms`;
  if (unit === "multiple") return `${precise.format(value)}×`;
  return unit === "count" ? whole.format(value) : percent(value);
}

/** The large text of a card. A count shows the number counted, not its share; a time is the lower edge of a bucket, so that it is at least so long. */
export const figureValue = (figure: Figure): string =>
  figure.unit === "ms" && figure.value !== null
    ? `≥ ${inUnit("ms", figure.value)}`
    : inUnit(figure.unit, amountOf(figure));

/** What a figure is made of. */
export function partsOf({ unit, numerator, denominator }: Figure): string {
  if (unit === "count") return `${count(numerator)} found, ${count(denominator)} impressions recorded`;
  return unit === "ms" ? `of ${count(denominator)} displays` : `${count(numerator)} of ${count(denominator)}`;
}

const troubles: Record<string, { what: string; todo: string }> = {
  commitsFailed: {
    what: "The ledger's commits fail",
    todo: "Look at the database and at this server's log. Clients keep what they could not deliver.",
  },
  errors: {
    what: "Requests fail inside the server",
    todo: "Look at this server's log: each failure has a line.",
  },
  turnedAway: {
    what: "Requests are turned away",
    todo: "The ledger, the silos or the pools are busy or away: see a commit's time, /healthz/ready and the log.",
  },
  refused: {
    what: "Requests are refused",
    todo: "One stranger is enough for that. If listeners are concerned, deliveries fail too: see the log, and whether a proxy is trusted.",
  },
};

/** A live trouble's words; an unknown one has its name. */
export const troubleWords = (name: string): { what: string; todo: string } =>
  troubles[name] ?? { what: spaced(name), todo: "" };

/** The figure's value in its unit; null if nothing was observed. */
export const amountOf = ({ unit, numerator, value }: Figure): number | null =>
  unit === "count" ? numerator : value;

export const targetOf = ({ relation, unit, target }: Figure): string =>
  relation === "any" ? "harmless" : `${relation} ${inUnit(unit, target)}`;

/** The source of a figure in words. */
export const sourceWord = (source: Source): string =>
  source === "evidence" ? "evidence: observed by the server" : "claim: reported by clients";

const verdicts: Record<string, string> = { pass: "kept", fail: "missed", doubt: "missed, say clients" };

export const verdictWord = (verdict: string): string => verdicts[verdict] ?? "too few samples";

/** A trigger on one line. */
export function triggerText({
  name,
  value,
  threshold,
  samples,
  windowMinutes,
  source,
  unit,
}: Trigger): string {
  const span = windowMinutes > 60 ? `${Math.round(windowMinutes / 60)} h` : `${windowMinutes} min`;
  const measured = value === null ? "nothing yet" : `${inUnit(unit, value)} of ${count(samples)}`;
  return `${spaced(name)}: ${measured} in ${span}, limit ${inUnit(unit, threshold)} (${source})`;
}

/** The number of days without observations, in words; empty if there is none. */
export function unobserved(days: { observed: boolean }[]): string {
  const missing = days.filter(({ observed }) => !observed).length;
  return missing ? `${missing} of ${days.length} days not observed.` : "";
}

/** What a strike changed, in a sentence. */
export function struckText({ listeners, network, day, note }: Struck, isLifted: boolean): string {
  const whose = network === null ? "" : `, of network ${network} of ${day}`;
  const whom = listeners === 1 ? "1 listener" : `${count(listeners)} listeners`;
  return `${isLifted ? "Counted again" : "Struck"}: ${whom}${whose}.${note ? ` ${note}` : ""}`;
}

export const waitingText = (waiting: number): string => (waiting ? `${count(waiting)}` : "none");

/** What an operator needs to know of a picture that waits. */
export function heldFacts({
  generator,
  author,
  licence,
  source,
  collection,
  prompt,
}: Held): [string, string][] {
  const facts: [string, string | undefined][] = [
    ["From", generator === "import" ? "an import" : generator],
    ["Collection", collection],
    ["Author", author],
    ["Licence", generator === "import" ? (licence ?? "none known") : licence],
    ["Source", source],
    ["Asked for", prompt],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
}
