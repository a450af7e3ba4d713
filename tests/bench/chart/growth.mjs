// Draws what a request costs as the world grows: processor time of servers and database by size, a curve a piece of work.
//   node growth.mjs MEASUREMENTS.json OUT.svg
import { readFileSync, writeFileSync } from "node:fs";
import * as vega from "vega";
import { compile } from "vega-lite";

const [from, to] = process.argv.slice(2);
const titles = { w: "50 impressions, durable", r: "5 fresh artworks" };
const values = JSON.parse(readFileSync(from, "utf8")).map(({ series, size, work, cpu }) => ({ series, size, work: titles[work], cpu }));

const { spec } = compile({
  background: "#12121a",
  padding: 20,
  title: { text: "Processor time of a request, us: servers and database", color: "#f2efe6", fontSize: 15, anchor: "start", offset: 16 },
  data: { values },
  facet: { column: { field: "series", type: "nominal", sort: null, title: null, header: { labelColor: "#f2efe6", labelFontSize: 13 } } },
  spec: {
    width: 210,
    height: 200,
    encoding: {
      x: { field: "size", type: "ordinal", title: null, axis: { labelAngle: 0, labelExpr: "format(datum.value, ',')" } },
      y: { field: "cpu", type: "quantitative", title: null, scale: { zero: true } },
      color: { field: "work", type: "nominal", title: null, scale: { range: ["#e8b04b", "#7fb0c9"] } },
    },
    layer: [{ mark: { type: "line", point: { size: 60, filled: true }, strokeWidth: 2.5 } }, { mark: { type: "text", dy: -12, fontSize: 11 }, encoding: { text: { field: "cpu", format: ".0f" } } }],
  },
  resolve: { scale: { x: "independent" } },
  config: {
    view: { stroke: null },
    axis: { labelColor: "#cfcabb", domain: false, ticks: false, gridColor: "#26262f", labelFontSize: 11 },
    legend: { labelColor: "#f2efe6", orient: "bottom", labelFontSize: 12 },
    font: "system-ui, sans-serif",
  },
});
const view = new vega.View(vega.parse(spec), { renderer: "none" });
writeFileSync(to, await view.toSVG());
