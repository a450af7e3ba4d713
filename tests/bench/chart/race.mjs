// Draws a race: requests a second by piece of work and contestant, medians over the rounds.
//   node race.mjs MEASUREMENTS.json OUT.svg
import { readFileSync, writeFileSync } from "node:fs";
import * as vega from "vega";
import { compile } from "vega-lite";

const [from, to] = process.argv.slice(2);
const titles = {
  w: "50 impressions, durable",
  w1: "one impression, durable",
  r: "5 fresh artworks",
  m: "one batch to four fresh",
  deep: "fresh, after 10,000 seen",
  constant: "a constant of 8 bytes",
};
const measurements = JSON.parse(readFileSync(from, "utf8"));
const least = Math.min(...measurements.map(({ connections }) => connections));
const values = measurements
  .filter(({ work, connections, contestant }) => work in titles && connections === least && !/without/.test(contestant))
  .map(({ work, contestant, load }) => ({ work: titles[work], contestant, rate: load.requests / load.seconds }));

const ours = "#e8b04b";
const { spec } = compile({
  background: "#12121a",
  padding: 20,
  title: { text: `Requests a second, ${least} connections, two cores for load, server and database`, color: "#f2efe6", fontSize: 15, anchor: "start", offset: 16 },
  data: { values },
  facet: { row: { field: "work", type: "nominal", sort: Object.values(titles), title: null, header: { labelOrient: "top", labelAnchor: "start", labelColor: "#f2efe6", labelFontSize: 13, labelPadding: 6 } } },
  spec: {
    width: 520,
    encoding: {
      y: { field: "contestant", type: "nominal", sort: null, title: null },
      x: { field: "rate", type: "quantitative", aggregate: "median", title: null },
      color: {
        condition: [
          { test: "indexof(datum.contestant, 'ArtFresh') === 0", value: ours },
          { test: "indexof(datum.contestant, 'Kestrel') === 0", value: "#3d4250" },
        ],
        value: "#5b6270",
      },
    },
    layer: [
      { mark: { type: "bar", height: { band: 0.8 }, cornerRadiusEnd: 3 } },
      { mark: { type: "text", align: "left", dx: 5, fontSize: 11 }, encoding: { text: { field: "rate", aggregate: "median", format: ",.0f" }, color: { value: "#f2efe6" } } },
    ],
  },
  resolve: { scale: { x: "independent", y: "independent" } },
  config: {
    view: { stroke: null },
    axis: { labelColor: "#cfcabb", domain: false, ticks: false, gridColor: "#26262f", labelFontSize: 11 },
    axisX: { labels: false },
    axisY: { labelLimit: 400 },
    font: "system-ui, sans-serif",
  },
  // It warns of contestants who are not in every row, which is meant.
}, { logger: vega.logger(vega.Error) });
const view = new vega.View(vega.parse(spec), { renderer: "none" });
writeFileSync(to, await view.toSVG());
