// @vitest-environment happy-dom
import { describe, expect, test, vi } from "vitest";
import { dayChart } from "../src/ops/dayChart.js";
import { morph, say } from "../src/ops/morph.js";
import { comparedReleases, comparison, findingRow, kpiCard, releaseCard } from "../src/ops/panels.js";
import { hourChart } from "../src/ops/pulse.js";
import { dataOf, knowRelease } from "../src/ops/server.js";
import { standing } from "../src/ops/standing.js";
import type { Figure, Health, Pulse, Summary, Unit } from "../src/ops/wire.js";
import { figureValue, partsOf, percent, targetOf, triggerText, unobserved } from "../src/ops/words.js";

const figure = (
  name: string,
  numerator: number,
  denominator: number,
  verdict = "pass",
  target = 0,
  {
    unit = "share",
    relation = "over",
    source = "evidence",
    isPromise = name === "legacy",
  }: Partial<Pick<Figure, "unit" | "relation" | "source" | "isPromise">> = {},
): Figure => ({
  name,
  numerator,
  denominator,
  value: denominator ? numerator / denominator : null,
  target,
  verdict,
  unit,
  relation,
  source,
  isPromise,
});

const summary = (figures: Figure[], release: string | null = null): Summary => ({
  release,
  releases: ["r1"],
  figures,
  days: [
    { day: "2026-11-01", observed: true, figures },
    { day: "2026-11-02", observed: false, figures: [] },
  ],
});

const health: Health = {
  release: "r1",
  firstSeenAt: "2026-11-01T00:00:00Z",
  lastSeenAt: "2026-11-02T00:00:00Z",
  verdict: "fail",
  delivery: "batch",
  triggers: [
    {
      name: "batchSuccess",
      verdict: "fail",
      value: 0.861,
      threshold: 0.9,
      samples: 412,
      windowMinutes: 5,
      source: "claim",
      unit: "share",
    },
  ],
  failedAt: "2026-11-02T00:00:00Z",
  evidence: "[]",
  action: "none",
  recoveredAt: null,
};

describe("figures in words", () => {
  test.each([
    [0, "0%"],
    [1, "100%"],
    [0.9728, "97.28%"],
    [0.99999, "99.999%"],
    [0.98999, "98.99%"],
    [0.5, "50%"],
    [0.0004, "0.04%"],
  ])("%f is shown as %s, never as the target that it misses", (share, text) =>
    expect(percent(share)).toBe(text),
  );

  test("a count shows the number counted, and a figure without observations says so", () => {
    expect(figureValue(figure("legacy", 3, 1000, "fail", 0, { unit: "count" }))).toBe("3");
    expect(figureValue(figure("batchSuccess", 0, 0, "inconclusive"))).toBe("nothing yet");
    expect(
      figureValue({ ...figure("freshDisplayP95Ms", 1, 1, "fail", 3000, { unit: "ms" }), value: 3200 }),
    ).toBe("≥ 3.2 s");
  });

  test("a count is no share of what was recorded, which may be less", () => {
    expect(partsOf(figure("legacy", 370, 209, "fail", 0, { unit: "count" }))).toBe(
      "370 found, 209 impressions recorded",
    );
    expect(partsOf(figure("batchSuccess", 3, 4))).toBe("3 of 4");
  });

  test("a target has the figure's unit and relation", () => {
    const said = (target: number, said: Pick<Figure, "unit" | "relation">) =>
      targetOf(figure("someNewFigure", 1, 2, "pass", target, said));
    expect(said(0, { unit: "count", relation: "exactly" })).toBe("exactly 0");
    expect(said(0.99, { unit: "share", relation: "over" })).toBe("over 99%");
    expect(said(3000, { unit: "ms", relation: "under" })).toBe("under 3 s");
    expect(said(1, { unit: "share", relation: "any" })).toBe("harmless");
  });

  test("a trigger shows its value, samples, limit and source", () =>
    expect(triggerText(health.triggers[0] as Health["triggers"][0])).toBe(
      "Batch success: 86.1% of 412 in 5 min, limit 90% (claim)",
    ));

  test("a trigger's numbers have the unit that the server sends, whatever its name", () => {
    const line = (unit: Unit, value: number, threshold: number) =>
      triggerText({
        ...(health.triggers[0] as Health["triggers"][0]),
        name: "other",
        unit,
        value,
        threshold,
      });
    expect(line("ms", 3200, 3000)).toContain("3.2 s of 412 in 5 min, limit 3 s");
    expect(line("count", 1, 0)).toContain("1 of 412 in 5 min, limit 0 ");
    expect(line("multiple", 0.5, 14.4)).toContain("0.5× of 412 in 5 min, limit 14.4×");
  });

  test("unobserved days are reported", () =>
    expect(unobserved(summary([]).days)).toBe("1 of 2 days not observed."));
});

describe("how things stand", () => {
  const claim = { source: "claim" } as const;
  const well = { ...health, verdict: "pass", triggers: [], failedAt: null };
  const at = (figures: Figure[], pulse?: Pulse, releases: Health[] = [well]) =>
    standing({ kpis: summary(figures), releases, audit: [] }, pulse);
  const pulse = (...names: string[]): Pulse => ({
    startedAt: "2026-11-02T00:00:00Z",
    minutes: [],
    requestsASecond: 12,
    problemsASecond: 12,
    commitMs: null,
    sessions: null,
    troubles: names.map((name) => ({
      name,
      since: "2026-11-02T10:00:00Z",
      share: 0.5,
      source: name === "refused" ? "claim" : "evidence",
    })),
  });

  test("the promise holds while nothing repeats and nothing is missed", () =>
    expect(at([figure("legacy", 0, 50), figure("lost", 0, 50)], pulse())).toMatchObject({
      verdict: "pass",
      headline: "The promise holds.",
      findings: [],
    }));
  test("it is broken by one repeat", () => {
    const said = at([figure("legacy", 1, 50, "fail", 0, { unit: "count", relation: "exactly" })]);
    expect([said.verdict, said.headline]).toEqual(["fail", "The promise is broken."]);
    expect(said.findings[0]).toMatchObject({ since: "since 2026-11-01", source: "evidence" });
    expect(said.findings[0]?.todo).toContain("verify");
  });
  test("it is broken by one repeat served, though nothing was shown yet", () =>
    expect(at([figure("legacy", 1, 0, "fail")]).verdict).toBe("fail"));
  test("a red card is said in the headline, with whose word it is", () => {
    const lost = figure("lost", 3, 50, "fail", 0.01, { ...claim, relation: "under" });
    const said = at([figure("legacy", 0, 50), lost]);
    expect([said.verdict, said.headline]).toEqual(["doubt", "The promise holds. Clients report trouble."]);
    expect(said.lede).toContain("clients claim that 3 more were lost");
    expect(findingRow(said.findings[0] as (typeof said.findings)[0]).textContent).toMatch(
      /^Lost: 6%, should be under 1%, since 2026-11-01\. .*claim$/,
    );
  });
  test("what clients claim is a doubt and no failure, in words and marks", () => {
    const lost = figure("lost", 3, 50, "doubt", 0.01, { ...claim, relation: "under" });
    const said = at([figure("legacy", 0, 50), lost]);
    expect([said.verdict, said.headline]).toEqual(["doubt", "The promise holds. Clients report trouble."]);
    expect(said.findings[0]?.since).toBe("since 2026-11-01");
    const card = kpiCard(lost, summary([lost]));
    expect(card.className).toBe("kpi kpi-doubt");
    expect(card.querySelector(".chip")?.textContent).toBe("? missed, say clients");
  });
  test("a missed target of evidence is more than a claim", () => {
    const said = at([figure("legacy", 0, 50), figure("new", 3, 50, "fail", 0.5)]);
    expect([said.verdict, said.headline]).toEqual(["trouble", "The promise holds. A target is missed."]);
  });
  test("what listeners suffer at the moment comes before releases and claims, also before anything was shown", () => {
    const said = at([figure("legacy", 0, 0, "inconclusive")], pulse("turnedAway"), [health]);
    expect([said.verdict, said.headline]).toEqual([
      "trouble",
      "Nothing shown yet. Listeners have trouble right now.",
    ]);
    expect(said.findings.map(({ what }) => what)).toEqual([
      "Requests are turned away: 50%",
      "Release r1 fails: batch success 86.1%",
    ]);
  });
  test("refusals are seen, and one stranger's requests are no trouble of listeners", () => {
    const said = at([figure("legacy", 0, 50)], pulse("refused"));
    expect([said.verdict, said.headline]).toEqual(["doubt", "The promise holds. Many requests are refused."]);
    expect(said.findings[0]).toMatchObject({ what: "Requests are refused: 50%", source: "claim" });
  });
  test("nothing is claimed before anything was shown", () =>
    expect(at([figure("legacy", 0, 0)]).verdict).toBe("inconclusive"));
  test("a day that kept the target ends a run of those that missed it", () => {
    const lost = (verdict: string) => figure("lost", 3, 50, verdict, 0.01, claim);
    const days = ["fail", "pass", "fail", "inconclusive", "fail"].map((verdict, i) => ({
      day: `2026-11-0${i + 1}`,
      observed: true,
      figures: [lost(verdict)],
    }));
    const kpis = { ...summary([figure("legacy", 0, 50), lost("fail")]), days };
    expect(standing({ kpis, releases: [], audit: [] }, undefined).findings[0]?.since).toBe(
      "since 2026-11-03",
    );
  });
});

describe("a live update", () => {
  test("leaves the button that has the focus, and what a reader has opened", () => {
    const releases = document.createElement("div");
    document.body.append(releases);
    morph(releases, [releaseCard(health)]);
    const button = releases.querySelector("button") as HTMLButtonElement;
    const details = document.createElement("details");
    details.open = true;
    releases.firstElementChild?.append(details);
    button.focus();
    const later = releaseCard({ ...health, lastSeenAt: "2026-11-03T00:00:00Z", delivery: "single" });
    later.append(document.createElement("details"));
    morph(releases, [later]);
    expect(document.activeElement).toBe(button);
    expect(button.textContent).toBe("Switch to batch");
    expect(releases.textContent).toContain("Nov 3");
    expect(details.isConnected && details.open).toBe(true);
  });
  test("replaces a card by another's rather than turn one into the other", () => {
    const list = document.createElement("div");
    morph(list, [releaseCard(health)]);
    const first = list.firstElementChild;
    morph(list, [releaseCard({ ...health, release: "r2" }), releaseCard(health)]);
    expect(list.firstElementChild).not.toBe(first);
    expect([...list.children].map((card) => card.id)).toEqual(["release-r2", "release-r1"]);
  });
  test("does not say again what was said", async () => {
    const headline = document.createElement("h1");
    say(headline, "The promise holds.");
    const changes = vi.fn();
    new MutationObserver(changes).observe(headline, { childList: true, characterData: true, subtree: true });
    say(headline, "The promise holds.");
    await new Promise((resolve) => setTimeout(resolve));
    expect(changes).not.toHaveBeenCalled();
  });
});

test("the last hour has a bar a minute, with what was refused or failed on it", () => {
  const minute = (at: string, requests: number, refused = 0) => ({
    at,
    requests,
    refused,
    limited: 0,
    turnedAway: 0,
    errors: 0,
  });
  const chart = hourChart({
    startedAt: "2026-11-02T10:00:00Z",
    minutes: [minute("2026-11-02T10:00:00Z", 10), minute("2026-11-02T10:05:00Z", 40, 30)],
    requestsASecond: 1,
    problemsASecond: 1,
    commitMs: null,
    sessions: null,
    troubles: [],
  });
  const bars = [...chart.querySelectorAll("rect")];
  expect(bars.map((bar) => bar.getAttribute("x"))).toEqual(["648", "708", "708"]);
  expect(bars[2]?.textContent).toBe("10:05 AM UTC: 40 requests, 30 refused");
  expect(chart.getAttribute("aria-label")).toBe("The last hour: 50 requests, 30 of them refused or failed");
});

describe("what is drawn", () => {
  test("a day that nobody observed is no bar of nothing", () => {
    const bars = [
      ...dayChart(
        "batchSuccess",
        summary([figure("batchSuccess", 97, 100, "fail", 0.99)]).days,
      ).querySelectorAll("rect"),
    ];
    expect(bars.map((bar) => bar.getAttribute("class"))).toEqual(["bar bar-fail", "bar bar-unobserved"]);
    expect(bars[1]?.textContent).toBe("2026-11-02: not observed");
  });

  test("a target is drawn only where the figure is judged", () => {
    const lines = (relation: Figure["relation"]) => {
      const { days } = summary([figure("new", 1, 4, "pass", 0.2, { relation })]);
      return dayChart("new", days).querySelectorAll(".target-line").length;
    };
    expect([lines("over"), lines("any")]).toEqual([1, 0]);
  });

  test("a figure that nobody knows is shown all the same", () => {
    const card = kpiCard(figure("someNewFigure", 1, 4), summary([figure("someNewFigure", 1, 4)]));
    expect(card.textContent).toContain("Some new figure");
    expect(card.textContent).toContain("25%");
    expect(card.textContent).toContain("evidence: observed by the server");
  });

  test("a release's delivery can be switched", () => {
    const card = releaseCard(health);
    expect(card.querySelector("button")?.dataset.switch).toBe("r1");
    expect(card.textContent).toContain("delivers in batches");
  });

  test("releases are compared a column each, the latest first", () => {
    expect(
      comparedReleases({ kpis: summary([]), releases: [{ ...health, release: "r2" }], audit: [] }),
    ).toEqual(["r2", "r1"]);
    const table = comparison([summary([figure("lost", 0, 9)], "r2"), summary([], "r1")]);
    expect([...table.querySelectorAll("tbody td")].map((cell) => cell.textContent)).toEqual(["✓ 0%", "–"]);
  });
});

test("a release is made known by its name, with the reason for the audit", async () => {
  const fetched = vi.fn(async () => new Response(null, { status: 204 }));
  vi.stubGlobal("fetch", fetched);
  await knowRelease("2026.11+rc/1", "rolled out to testers");
  vi.unstubAllGlobals();
  expect(fetched).toHaveBeenCalledWith(
    "/api/ops/releases/2026.11%2Brc%2F1",
    expect.objectContaining({ method: "PUT", body: '{"reason":"rolled out to testers"}' }),
  );
});

describe("the stream", () => {
  test("an event's data are its lines", () =>
    expect(dataOf('event: figures\ndata: {"a":\ndata: 1}')).toBe('{"a":\n1}'));
  test("a heartbeat has none", () => expect(dataOf("event: beat\ndata: ")).toBe(""));
});
