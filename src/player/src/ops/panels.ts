import { node } from "../node.js";
import { dayChart } from "./dayChart.js";
import type { Finding } from "./standing.js";
import type { AuditRow, Day, Figure, Health, State, Summary } from "./wire.js";
import { figureValue, partsOf, sourceWord, targetOf, triggerText, verdictWord, wordOf } from "./words.js";

const when = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
const time = (at: string) => node("time", { datetime: at }, `${when.format(new Date(at))} UTC`);
const shortDay = new Intl.DateTimeFormat("en", { month: "short", day: "numeric", timeZone: "UTC" });
const dayName = (day = "") => (day ? shortDay.format(new Date(`${day}T00:00:00Z`)) : "");
const marks: Record<string, string> = { pass: "✓", fail: "✕", doubt: "?", inconclusive: "–" };

export const verdictChip = (verdict: string): HTMLElement =>
  node(
    "span",
    { class: `chip chip-${verdict}` },
    node("span", { "aria-hidden": "true" }, marks[verdict] ?? "–"),
    ` ${verdictWord(verdict)}`,
  );

/** A finding as a line: what, since when, what to do, and on whose word. */
export const findingRow = ({ what, since, todo, source, href }: Finding): HTMLElement =>
  node(
    "li",
    { class: `finding finding-${source}` },
    node("a", { href }, what),
    node("span", { class: "finding-since" }, since ? `, ${since}. ` : ". "),
    node("span", { class: "finding-todo" }, todo),
    node("span", { class: "finding-source" }, ` ${source}`),
  );

export function kpiCard(figure: Figure, kpis: Summary): HTMLElement {
  const word = wordOf(figure.name);
  return node(
    "li",
    {
      class: `kpi kpi-${figure.verdict}`,
      id: `kpi-${figure.name}`,
      "data-kpi": figure.name,
      "data-of": figure.name,
    },
    node("h3", { class: "kpi-title" }, word.title),
    node("p", { class: "kpi-value" }, figureValue(figure)),
    node(
      "p",
      { class: "kpi-verdict" },
      verdictChip(figure.verdict),
      node("span", { class: "kpi-target" }, targetOf(figure)),
    ),
    dayChart(figure.name, kpis.days),
    node(
      "p",
      { class: "kpi-days", "aria-hidden": "true" },
      node("span", {}, dayName(kpis.days[0]?.day)),
      node("span", {}, "today"),
    ),
    node("p", { class: "kpi-parts" }, partsOf(figure)),
    node("p", { class: "kpi-says" }, word.says),
    node("p", { class: "kpi-source" }, sourceWord(figure.source)),
    dayRows(figure.name, kpis.days),
  );
}

/** The rows that a figure is made of, behind a word that opens them. */
function dayRows(name: string, days: Day[]): HTMLElement {
  const rows = [...days].reverse().map(({ day, observed, figures }) => {
    const figure = figures.find((one) => one.name === name);
    return node(
      "tr",
      {},
      node("th", { scope: "row" }, day),
      node("td", {}, observed && figure ? figureValue(figure) : "not observed"),
      node("td", {}, observed && figure ? partsOf(figure) : ""),
    );
  });
  return node(
    "details",
    { class: "kpi-rows" },
    node("summary", {}, "Day by day"),
    node("table", {}, node("tbody", {}, ...rows)),
  );
}

/** A release. Its button has data-switch, the release's name: the page listens for its clicks. */
export function releaseCard(health: Health): HTMLElement {
  const other = health.delivery === "batch" ? "single" : "batch";
  const button = node(
    "button",
    { type: "button", class: "quiet", "data-switch": health.release },
    `Switch to ${other}`,
  );
  return node(
    "article",
    {
      class: `release release-${health.verdict}`,
      id: `release-${health.release}`,
      "data-release": health.release,
      "data-of": health.release,
    },
    node("h3", { class: "release-name" }, health.release),
    node(
      "p",
      { class: "release-verdict" },
      verdictChip(health.verdict),
      ` delivers ${health.delivery === "batch" ? "in batches" : "one by one"} `,
      button,
    ),
    node("p", { class: "release-seen" }, "last seen ", time(health.lastSeenAt)),
    node(
      "ul",
      { class: "triggers" },
      ...health.triggers.map((trigger) =>
        node("li", { class: `trigger trigger-${trigger.verdict}` }, triggerText(trigger)),
      ),
    ),
    health.failedAt
      ? node(
          "p",
          { class: "release-failed" },
          "Failed ",
          time(health.failedAt),
          health.recoveredAt ? ", recovered " : "",
          health.recoveredAt ? time(health.recoveredAt) : "",
          `. Action: ${health.action ?? "none"}.`,
        )
      : undefined,
  );
}

/** A table with a column for each release and a row for each figure. */
export function comparison(summaries: Summary[]): HTMLElement {
  const names = [...new Set(summaries.flatMap(({ figures }) => figures.map(({ name }) => name)))];
  const head = node(
    "tr",
    {},
    node("td"),
    ...summaries.map(({ release }) => node("th", { scope: "col" }, release ?? "all")),
  );
  const rows = names.map((name) =>
    node(
      "tr",
      {},
      node("th", { scope: "row" }, wordOf(name).title),
      ...summaries.map(({ figures }) => {
        const figure = figures.find((one) => one.name === name);
        return figure
          ? node(
              "td",
              { class: `cell cell-${figure.verdict}` },
              node("span", { "aria-hidden": "true" }, `${marks[figure.verdict] ?? ""} `),
              figureValue(figure),
            )
          : node("td", {}, "–");
      }),
    ),
  );
  return node(
    "table",
    { class: "compared" },
    node("caption", {}, "The same figures by release"),
    node("thead", {}, head),
    node("tbody", {}, ...rows),
  );
}

export const auditRow = ({ at, actor, what, release, detail }: AuditRow): HTMLElement =>
  node(
    "li",
    {},
    time(at),
    " ",
    node("strong", {}, what.replaceAll("-", " ")),
    release ? ` of ${release}` : "",
    ` by ${actor}: ${detail}`,
  );

/** The releases to compare, the latest first, at most as many as fit the table. */
export const comparedReleases = ({ releases, kpis }: State): string[] =>
  [...new Set([...releases.map(({ release }) => release), ...kpis.releases])].slice(0, 4);
