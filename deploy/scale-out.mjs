#!/usr/bin/env node
// Shows that scaling moves load: starts a cluster of one silo by local-cluster.sh, keeps listeners coming at a steady pace, scales to two, to three and back to
// two, reads each silo's /metrics once a second, and draws the calls to grains that each silo took.
//   node deploy/scale-out.mjs [--seconds 20] [--listeners 40] [--out deploy/scale-out.svg]
import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "20" },
    listeners: { type: "string", default: "40" },
    out: { type: "string", default: join(here, "scale-out.svg") },
  },
});
const phaseSeconds = Number(values.seconds);
const listeners = Number(values.listeners);
const steps = [1, 2, 3, 2];
// Until the pools have art for everybody: made once, and not what is measured here.
const warmUpSeconds = 10;
const moods = [0.2, 0.4, 0.6, 0.8];
const silosMax = Math.max(...steps);
const roundsOfSession = 5;
const pauseMs = 400;

const portOffset = 700;
const address = `http://127.0.0.1:${8080 + portOffset}`;
const environment = {
  ...process.env,
  ARTFRESH_PORT_OFFSET: String(portOffset),
  ARTFRESH_CLUSTER_HOME: mkdtempSync(join(tmpdir(), "artfresh-scale-")),
  ArtFresh__Limits__SignInsPerMinute: "100000",
  ArtFresh__Limits__ListenerRequestsPerSecond: "100000",
  ArtFresh__Limits__ArtworksServedPerHour: "1000000",
  ArtFresh__Limits__ImpressionKilobytesPerHour: "1000000",
  ArtFresh__Limits__BareWritesPerMinute: "1000000",
  ArtFresh__Limits__RepeatsPerMinute: "1000000",
  ArtFresh__Limits__SessionsPerHour: "1000000",
  ArtFresh__Limits__ListenersPerNetwork: "10000",
};
const run = promisify(execFile);
const cluster = (...args) => run("bash", [join(here, "local-cluster.sh"), ...args], { env: environment });
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const any = (list) => list[Math.floor(Math.random() * list.length)];

const count = { requests: 0, failures: 0 };
let over = false;

async function request(cookie, method, path, body) {
  count.requests++;
  try {
    const headers = { ...(cookie && { cookie }), ...(body && { "content-type": "application/json" }) };
    const answer = await fetch(address + path, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status} ${text}`);
    return { cookie: answer.headers.get("set-cookie")?.split(";")[0], json: text ? JSON.parse(text) : null };
  } catch (failure) {
    count.failures++;
    console.error(`${method} ${path}: ${failure.message}`);
    return null;
  }
}

/** One listener after the other: signs in, looks at a few artworks, goes. */
async function listen() {
  while (!over) {
    const cookie = (await request(null, "POST", "/api/sign-in/guest"))?.cookie;
    const sessionId = (await request(cookie, "POST", "/api/sessions", { release: "scale-out" }))?.json.sessionId;
    let number = 1;
    for (let round = 0; sessionId && round < roundsOfSession && !over; round++) {
      const mood = `valence=${any(moods)}&energy=${any(moods)}`;
      const fresh = await request(cookie, "GET", `/api/artworks/fresh?sessionId=${sessionId}&count=5&${mood}`);
      const artworkIds = fresh?.json.artworks.map((artwork) => artwork.id) ?? [];
      await sleep(pauseMs);
      if (artworkIds.length === 0) continue;
      await request(cookie, "POST", "/api/artworks/batch-impressions", { sessionId, batchId: crypto.randomUUID(), firstNumber: number, artworkIds });
      number += artworkIds.length;
      await sleep(pauseMs);
    }
    if (sessionId) await request(cookie, "POST", `/api/sessions/${sessionId}/end`, {});
  }
}

/** Calls that a silo's grains have had since it started; null where it does not answer. */
async function grainCalls(silo, key) {
  try {
    const answer = await fetch(`http://127.0.0.1:${5080 + portOffset + silo}/metrics`, { headers: { authorization: `Bearer ${key}` }, signal: AbortSignal.timeout(1500) });
    const line = (await answer.text()).split("\n").find((text) => /^orleans_messaging_processing_dispatcher_processed_total\{.*Direction="Request",Status="Ok"/.test(text));
    return line ? Number(line.split(" ")[1]) : 0;
  } catch {
    return null;
  }
}

/** One row a second: the time, and the calls a second of each silo since it last answered. */
async function sample(key, started, rows) {
  const last = Array.from({ length: silosMax }, () => null);
  const look = async (silo) => {
    const calls = await grainCalls(silo, key);
    if (calls === null) return;
    const before = last[silo - 1];
    const at = (Date.now() - started) / 1000;
    // The first look is what the others are measured from; a silo that was started again counts from zero, as the counter itself does.
    const since = before && calls >= before.calls ? before.calls : 0;
    last[silo - 1] = { calls, at, rate: before ? (calls - since) / (at - before.at) : 0 };
  };
  while (!over) {
    await sleep(1000 - ((Date.now() - started) % 1000));
    const at = (Date.now() - started) / 1000;
    const isFirst = last[0] === null;
    await Promise.all(last.map((_, i) => look(i + 1)));
    // Who has not answered for two seconds is not there.
    if (!isFirst) rows.push({ at, rates: last.map((silo) => (silo && silo.at > at - 2 ? silo.rate : 0)) });
  }
}

function draw(rows, changes) {
  const [width, height, left, right, top, bottom] = [860, 360, 60, 120, 50, 40];
  const colours = ["#3b6fb6", "#e0803a", "#4f9d69"];
  const last = rows.at(-1).at;
  const peak = Math.ceil(Math.max(...rows.map((row) => row.rates.reduce((sum, rate) => sum + rate, 0))) / 100) * 100;
  const x = (at) => (left + (at / last) * (width - left - right)).toFixed(1);
  const y = (rate) => (height - bottom - (rate / peak) * (height - top - bottom)).toFixed(1);
  const upTo = (row, silos) => row.rates.slice(0, silos).reduce((sum, rate) => sum + rate, 0);
  const text = (px, py, content, more = "") => `<text x="${px}" y="${py}" ${more}>${content}</text>`;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#333">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(left, 20, "Calls to grains, a second, by the silo that took them", 'font-size="15"'),
  ];
  for (let rate = 0; rate <= peak; rate += peak / 4) {
    parts.push(`<line x1="${left}" x2="${width - right}" y1="${y(rate)}" y2="${y(rate)}" stroke="#ddd"/>`, text(left - 8, Number(y(rate)) + 4, Math.round(rate), 'text-anchor="end"'));
  }
  for (let silo = 1; silo <= silosMax; silo++) {
    const upper = rows.map((row) => `${x(row.at)},${y(upTo(row, silo))}`);
    const lower = rows.map((row) => `${x(row.at)},${y(upTo(row, silo - 1))}`).reverse();
    parts.push(`<polygon points="${[...upper, ...lower].join(" ")}" fill="${colours[silo - 1]}"/>`);
    parts.push(`<rect x="${width - right + 16}" y="${height - bottom - 22 * silo}" width="12" height="12" fill="${colours[silo - 1]}"/>`, text(width - right + 34, height - bottom - 22 * silo + 11, `silo ${silo}`));
  }
  for (const change of changes) {
    parts.push(`<line x1="${x(change.at)}" x2="${x(change.at)}" y1="${top - 12}" y2="${height - bottom}" stroke="#333" stroke-dasharray="4 3"/>`, text(Number(x(change.at)) + 4, top - 4, change.silos === 1 ? "1 silo" : `scale ${change.silos}`));
  }
  for (let at = 0; at <= last; at += 20) parts.push(text(x(at), height - bottom + 18, `${at} s`, 'text-anchor="middle"'));
  parts.push("</svg>", "");
  return parts.join("\n");
}

/** The mean rate of each silo in the second half of a step: the first half is the moving. */
function settled(rows, changes, end) {
  return changes.map((change, i) => {
    const until = changes[i + 1]?.at ?? end;
    const chosen = rows.filter((row) => row.at > (change.doneAt + until) / 2 && row.at <= until);
    return { silos: change.silos, rates: Array.from({ length: silosMax }, (_, silo) => chosen.reduce((sum, row) => sum + row.rates[silo], 0) / chosen.length) };
  });
}

try {
  console.log("Starting one silo …");
  await cluster("up", "--silos", String(steps[0]), "--detach");
  const key = /ARTFRESH_OPERATORS_KEY=(\w+)/.exec((await cluster("env")).stdout)[1];
  const work = Array.from({ length: listeners }, (_, i) => sleep((i * 2 * pauseMs) / listeners).then(listen));
  await sleep(warmUpSeconds * 1000);
  const started = Date.now();
  const since = () => (Date.now() - started) / 1000;
  const rows = [];
  const changes = [];
  work.push(sample(key, started, rows));
  for (const silos of steps) {
    const change = { at: since(), silos };
    if (changes.length > 0) {
      await cluster("scale", String(silos));
      console.log(`scale ${silos}: ${(since() - change.at).toFixed(1)} s`);
    }
    change.doneAt = since();
    changes.push(change);
    await sleep(phaseSeconds * 1000);
  }
  const end = since();
  over = true;
  await Promise.all(work);
  writeFileSync(values.out, draw(rows, changes));
  console.log(`\n| silos | ${Array.from({ length: silosMax }, (_, i) => `silo ${i + 1}`).join(" | ")} |\n| --- |${" ---: |".repeat(silosMax)}`);
  for (const { silos, rates } of settled(rows, changes, end)) console.log(`| ${silos} | ${rates.map((rate) => rate.toFixed(0)).join(" | ")} |`);
  console.log(`\n${count.requests} requests, ${count.failures} failed; drawn in ${values.out}`);
} finally {
  over = true;
  await cluster("wipe");
}
