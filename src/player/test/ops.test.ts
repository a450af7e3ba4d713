// @vitest-environment happy-dom
import { describe, expect, test, vi } from "vitest";
import { dayChart } from "../src/ops/dayChart.js";
import { comparedReleases, comparison, kpiCard, promise, releaseCard } from "../src/ops/panels.js";
import { dataOf, knowRelease } from "../src/ops/server.js";
import type { Figure, Health, Summary, Unit } from "../src/ops/wire.js";
import { figureValue, percent, targetOf, triggerText, unobserved } from "../src/ops/words.js";

const figure = (
  name: string,
  numerator: number,
  denominator: number,
  verdict = "pass",
  target = 0,
  { unit = "share", relation = "over" }: Partial<Pick<Figure, "unit" | "relation">> = {},
): Figure => ({
  name,
  numerator,
  denominator,
  value: denominator ? numerator / denominator : null,
  target,
  verdict,
  unit,
  relation,
  source: "evidence",
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
    ).toBe("3.2 s");
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

describe("the promise", () => {
  test("holds while nothing repeats and nothing is lost", () =>
    expect(promise([figure("legacy", 0, 50), figure("lost", 0, 50)]).headline).toBe("The promise holds."));
  test("is broken by one repeat", () =>
    expect(promise([figure("legacy", 1, 50, "fail")]).verdict).toBe("fail"));
  test("is broken by one repeat served, though nothing was shown yet", () =>
    expect(promise([figure("legacy", 1, 0, "fail")]).verdict).toBe("fail"));
  test("is not broken by loss that clients report, which is shown as a claim", () => {
    const said = promise([figure("legacy", 0, 50), figure("lost", 3, 50, "fail")]);
    expect(said.verdict).toBe("pass");
    expect(said.lede).toContain("clients claim that 3 more were lost");
  });
  test("is not claimed before anything was shown", () =>
    expect(promise([figure("legacy", 0, 0)]).verdict).toBe("inconclusive"));
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
    const onSwitch = vi.fn();
    const card = releaseCard(health, onSwitch);
    card.querySelector("button")?.click();
    expect(onSwitch).toHaveBeenCalledWith(health);
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
