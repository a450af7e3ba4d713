import type { Day, Figure, Health, Pulse, Source, State, Trouble } from "./wire.js";
import { amountOf, count, figureValue, inUnit, percent, targetOf, troubleWords, wordOf } from "./words.js";

/** Something that is wrong, as an operator needs to know it. */
export interface Finding {
  what: string;
  /** When it began, as words. */
  since: string;
  todo: string;
  source: Source;
  /** The element that shows more of it. */
  href: string;
}

export interface Standing {
  verdict: "pass" | "fail" | "trouble" | "doubt" | "inconclusive";
  headline: string;
  lede: string;
  findings: Finding[];
}

/** What is wrong in one way, and what the headline says where it is the worst. */
interface Level {
  verdict: Standing["verdict"];
  words: string;
  findings: Finding[];
}

/**
 * How things stand: a promise broken, then what listeners suffer at the moment, then failing releases, then missed targets. Evidence comes before what clients claim. The same
 * figures keep back what is announced.
 */
export function standing({ kpis, releases }: State, pulse: Pulse | undefined): Standing {
  const missed = kpis.figures.filter(({ verdict }) => isMissed(verdict));
  const broken = missed.filter(({ isPromise }) => isPromise);
  // What is part of a broken promise is told with it.
  const others = missed.filter(({ isPromise, unit }) => !isPromise && !(broken.length && unit === "count"));
  const troubles = pulse?.troubles ?? [];
  const failing = releases.filter(({ verdict }) => verdict === "fail");
  const figures = (some: Figure[]) => some.map((figure) => ofFigure(figure, kpis.days));
  const missedWords = (some: Figure[]) =>
    `${some.length === 1 ? "A target is" : `${some.length} targets are`} missed.`;
  const releaseWords = failing.length === 1 ? "A release fails." : `${failing.length} releases fail.`;
  const evidence = others.filter(isEvidence);
  const levels: Level[] = [
    { verdict: "fail", words: "", findings: figures(broken) },
    {
      verdict: "trouble",
      words: "Listeners have trouble right now.",
      findings: troubles.filter(isEvidence).map(ofTrouble),
    },
    { verdict: "trouble", words: releaseWords, findings: failing.map(ofRelease) },
    { verdict: "trouble", words: missedWords(evidence), findings: figures(evidence) },
    {
      verdict: "doubt",
      words: "Many requests are refused.",
      findings: troubles.filter((trouble) => !isEvidence(trouble)).map(ofTrouble),
    },
    {
      verdict: "doubt",
      words: "Clients report trouble.",
      findings: figures(others.filter((figure) => !isEvidence(figure))),
    },
  ];
  const worst = levels.find(({ findings }) => findings.length);
  const shown = kpis.figures.find(({ name }) => name === "legacy")?.denominator ?? 0;
  const promise = broken.length
    ? "The promise is broken."
    : shown
      ? "The promise holds."
      : "Nothing shown yet.";
  return {
    verdict: worst?.verdict ?? (shown ? "pass" : "inconclusive"),
    headline: [promise, worst?.words].filter(Boolean).join(" "),
    lede: shown ? ledeOf(kpis.figures, shown) : "The figures begin with the first impression.",
    findings: levels.flatMap(({ findings }) => findings),
  };
}

/** A server of an older release calls it a fail, too, where only clients say so. */
const isMissed = (verdict: string | undefined): boolean => verdict === "fail" || verdict === "doubt";

const isEvidence = ({ source }: { source: Source }): boolean => source === "evidence";

function ledeOf(figures: Figure[], shown: number): string {
  const of = (name: string) => figures.find((figure) => figure.name === name)?.numerator ?? 0;
  return `${count(of("legacy"))} violations in ${count(shown)} impressions; clients claim that ${count(of("lost"))} more were lost.`;
}

const ofFigure = (figure: Figure, days: Day[]): Finding => ({
  what: `${wordOf(figure.name).title}: ${figureValue(figure)}${amountOf(figure) === null || figure.relation === "exactly" ? "" : `, should be ${targetOf(figure)}`}`,
  since: sinceOf(figure.name, days),
  todo: wordOf(figure.name).todo ?? "",
  source: figure.source,
  href: `#kpi-${figure.name}`,
});

/** The first day of the last run of days that miss the target. Days that nobody observed do not end a run. */
function sinceOf(name: string, days: Day[]): string {
  let since = "";
  for (const { day, figures } of days) {
    const verdict = figures.find((figure) => figure.name === name)?.verdict;
    if (isMissed(verdict)) since ||= day;
    else if (verdict === "pass") since = "";
  }
  return since && `since ${since}`;
}

const ofTrouble = ({ name, since, share, source }: Trouble): Finding => {
  const { what, todo } = troubleWords(name);
  return {
    what: `${what}: ${percent(share)}`,
    since: `since ${timeOf(since)}`,
    todo,
    source,
    href: "#pulse",
  };
};

const ofRelease = ({ release, triggers, failedAt, action }: Health): Finding => {
  const failed = triggers.filter(({ verdict }) => verdict === "fail");
  return {
    what: `Release ${release} fails: ${failed.map(({ name, value, unit }) => `${wordOf(name).title.toLowerCase()} ${inUnit(unit, value)}`).join(", ")}`,
    since: failedAt ? `since ${timeOf(failedAt)}` : "",
    todo:
      action && action !== "none"
        ? `Done by itself: ${action}.`
        : "Roll it back, or switch it to single requests below.",
    source: failed.some(({ source }) => source === "evidence") ? "evidence" : "claim",
    href: `#release-${release}`,
  };
};

const timeOf = (at: string) =>
  `${new Date(at).toLocaleString("en", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" })} UTC`;
