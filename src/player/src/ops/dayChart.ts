import { drawn } from "../node.js";
import type { Day } from "./wire.js";
import { amountOf, figureValue, verdictWord, wordOf } from "./words.js";

const width = 240;
const height = 56;
const gap = 4;

/** A chart with one bar a day, scaled to the largest value, and the target as a line. Marks days without observations. */
export function dayChart(name: string, days: Day[]): SVGElement {
  const figures = days.map(({ figures }) => figures.find((figure) => figure.name === name));
  const heights = figures.map((figure) => (figure ? amountOf(figure) : null));
  const sample = figures.find((figure) => figure);
  const unit = sample?.unit ?? "share";
  const isJudged = sample !== undefined && sample.relation !== "any";
  const target = isJudged ? sample.target : 0;
  const [from, to] = scale(heights, unit === "count" ? 0 : target, unit === "share");
  const up = (value: number) => Math.max(2, ((value - from) / (to - from)) * (height - 8));
  const step = (width + gap) / Math.max(1, days.length);
  const bars = days.map((day, i) => {
    const value = heights[i] ?? null;
    const figure = figures[i];
    const said = drawn("title", {});
    said.textContent =
      !day.observed || !figure || value === null
        ? `${day.day}: ${day.observed ? "nothing counted" : "not observed"}`
        : `${day.day}: ${figureValue(figure)}, ${verdictWord(figure.verdict)}`;
    const tall = day.observed && value !== null ? up(value) : height - 8;
    const kind = !day.observed ? "unobserved" : value === null ? "empty" : (figure?.verdict ?? "empty");
    return drawn(
      "rect",
      {
        class: `bar bar-${kind}`,
        x: i * step,
        y: height - tall,
        width: Math.max(1, step - gap),
        height: tall,
        rx: 2,
      },
      said,
    );
  });
  const label = `${wordOf(name).title} by day: ${bars.map((bar) => bar.textContent).join("; ")}`;
  const chart = drawn(
    "svg",
    {
      class: "days",
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-label": label,
      preserveAspectRatio: "none",
    },
    ...bars,
  );
  if (isJudged && unit !== "count" && target > from && target < to) {
    const y = height - up(target);
    chart.append(drawn("line", { class: "target-line", x1: 0, x2: width, y1: y, y2: y }));
  }
  return chart;
}

/** The ends of the axis. It does not begin at 0 for shares near 1, which would look alike. */
function scale(values: (number | null)[], target: number, isShare: boolean): [number, number] {
  const known = values.filter((value) => value !== null);
  const most = Math.max(target, ...known, isShare ? 0 : 1);
  const least = Math.min(target, ...known);
  if (isShare && least > 0.5) return [least - (1 - least) * 0.6 - 0.01, 1.002];
  return [0, most * 1.08 || 1];
}
