import type { Figure, Source, Trigger, Unit } from "./wire.js";

interface Word {
  title: string;
  says: string;
}

const known: Record<string, Word> = {
  legacy: {
    title: "Legacy appearances",
    says: "Artworks served twice, and impressions without viewed_at.",
  },
  withoutViewedAt: {
    title: "Without viewed_at",
    says: "Impressions whose artwork had no first view.",
  },
  duplicatesRecorded: {
    title: "Served twice",
    says: "Artworks set aside for a listener who had them.",
  },
  batchSuccess: {
    title: "Batch success",
    says: "Of the requests that clients made, those whose answer they saw.",
  },
  hookFlush: {
    title: "Hook flushes",
    says: "Pages that hid and sent what they had.",
  },
  beaconDelivery: {
    title: "Beacons arrived",
    says: "Of the requests that outlive their page, those that came.",
  },
  duplicates: {
    title: "Duplicates",
    says: "Arrived again, not recorded again.",
  },
  repeats: {
    title: "Repeats claimed",
    says: "Shown again under a new number, as clients say.",
  },
  flickerSkips: {
    title: "Flickers skipped",
    says: "Displays that the client did not count twice.",
  },
  lost: {
    title: "Lost",
    says: "Numbers that never came, of sessions that are over.",
  },
  lostAtMost: {
    title: "Lost at most",
    says: "The same, with what open sessions may still send.",
  },
  callsSaved: {
    title: "Calls saved",
    says: "Beside one request for each impression.",
  },
  freshDisplayP50Ms: {
    title: "Fresh on screen, median",
    says: "From asking for art to seeing it.",
  },
  freshDisplayP95Ms: {
    title: "Fresh on screen, p95",
    says: "Nineteen displays of twenty are faster.",
  },
  freshDisplayUnder3s: {
    title: "Fresh within 3 s",
    says: "Displays that took under 3,000 ms, exactly.",
  },
  claimsRefused: {
    title: "Claims refused",
    says: "What clients said and cannot be true: it is in no other figure.",
  },
};

/** What a figure is called and says; one that this page does not know goes by its name. */
export const wordOf = (name: string): Word => known[name] ?? { title: spaced(name), says: "" };

/** A camelCase name as words. */
export function spaced(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const whole = new Intl.NumberFormat("en");
const precise = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** A share in per cent, never rounded up to a target that it misses. */
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
  return unit === "count" ? whole.format(value) : percent(value);
}

/** What a card shows large. A count shows what was counted, not its share. */
export const figureValue = (figure: Figure): string => inUnit(figure.unit, amountOf(figure));

/** The figure in its unit; null where nothing was observed. */
export const amountOf = ({ unit, numerator, value }: Figure): number | null =>
  unit === "count" ? numerator : value;

export const targetOf = ({ relation, unit, target }: Figure): string =>
  relation === "any" ? "harmless" : `${relation} ${inUnit(unit, target)}`;

/** What a figure is made of, in words. */
export const sourceWord = (source: Source): string =>
  source === "evidence" ? "evidence: the server saw it" : "claim: clients say so";

export const verdictWord = (verdict: string): string =>
  verdict === "pass" ? "kept" : verdict === "fail" ? "missed" : "too little to say";

/** A trigger in a line. */
export function triggerText({ name, value, threshold, samples, windowMinutes, source }: Trigger): string {
  const show = (number: number) =>
    name.endsWith("Ms") ? inUnit("ms", number) : number > 1 ? precise.format(number) : percent(number);
  const span = windowMinutes > 60 ? `${Math.round(windowMinutes / 60)} h` : `${windowMinutes} min`;
  const measured = value === null ? "nothing yet" : `${show(value)} of ${count(samples)}`;
  return `${spaced(name)}: ${measured} in ${span}, limit ${show(threshold)} (${source})`;
}

/** How many days have no observations, in words; empty where all have. */
export function unobserved(days: { observed: boolean }[]): string {
  const missing = days.filter(({ observed }) => !observed).length;
  return missing ? `${missing} of ${days.length} days not observed.` : "";
}
