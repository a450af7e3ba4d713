import { element } from "../screen/element.js";
import { watchHeld } from "./held.js";
import { morph, say } from "./morph.js";
import { auditRow, comparedReleases, comparison, findingRow, kpiCard, releaseCard } from "./panels.js";
import { watchPulse } from "./pulse.js";
import { dropKey, follow, keepKey, knowRelease, RefusedError, summarize, switchDelivery } from "./server.js";
import { standing } from "./standing.js";
import { watchStrikes } from "./strikes.js";
import type { Health, Pulse, State, Summary } from "./wire.js";
import { watchWithdrawals } from "./withdrawals.js";
import { unobserved } from "./words.js";

const days = element("days", HTMLSelectElement);
const release = element("release", HTMLSelectElement);
const choices = element("choices", HTMLElement);
const live = element("live", HTMLParagraphElement);
const signIn = element("sign-in", HTMLFormElement);
const dialog = element("switch", HTMLDialogElement);
const know = element("know", HTMLFormElement);
const retryMs = 3000;

let following = new AbortController();
let hasTriedAKey = false;
let state: State | undefined;
let pulse: Pulse | undefined;

function show(news: State): void {
  state = news;
  showStanding();
  morph(
    element("kpis", HTMLUListElement),
    news.kpis.figures.map((figure) => kpiCard(figure, news.kpis)),
  );
  morph(element("releases", HTMLDivElement), news.releases.map(releaseCard));
  morph(element("audit", HTMLOListElement), news.audit.map(auditRow));
  offerReleases(news);
  lookForHeld();
  element("figures", HTMLElement).hidden = false;
  signIn.hidden = true;
  choices.hidden = false;
  tellLive("live", true);
  void compare(comparedReleases(news));
}

function showStanding(): void {
  if (!state) return;
  const { verdict, headline, lede, findings } = standing(state, pulse);
  document.body.dataset.verdict = verdict;
  document.title = `${verdict === "pass" || verdict === "inconclusive" ? "" : "● "}ArtFresh: operations`;
  say(element("headline", HTMLHeadingElement), headline);
  const span = unobserved(state.kpis.days) || `${days.value} days.`;
  say(
    element("lede", HTMLParagraphElement),
    [lede, release.value && `Release ${release.value}.`, span].filter(Boolean).join(" "),
  );
  morph(element("findings", HTMLUListElement), findings.map(findingRow));
}

/** Figures of a server that is gone are dimmed: they say how it was. */
function tellLive(text: string, isLive: boolean): void {
  live.hidden = false;
  say(live, text);
  live.toggleAttribute("data-live", isLive);
  document.body.toggleAttribute("data-stale", !isLive);
}

function offerReleases({ kpis }: State): void {
  const names = new Set([...release.options].map(({ value }) => value));
  for (const name of kpis.releases) if (!names.has(name)) release.append(new Option(name, name));
}

async function compare(releases: string[]): Promise<void> {
  const summaries: Summary[] = await Promise.all(releases.map((name) => summarize(days.value, name)));
  morph(element("comparison", HTMLElement), summaries.length ? [comparison(summaries)] : []);
}

function openSwitch({ release: name, delivery }: Health): void {
  const to = delivery === "batch" ? "single" : "batch";
  element("switch-title", HTMLHeadingElement).textContent =
    `${name}: deliver ${to === "single" ? "one by one" : "in batches"}`;
  element("switch-words", HTMLParagraphElement).textContent =
    to === "single"
      ? "The batch endpoint will answer this release's clients with 410, and they continue with the single endpoint. Nothing is lost."
      : "This release's clients can use the batch endpoint again, and the watch judges the release from now on.";
  const reason = element("reason", HTMLInputElement);
  reason.value = "";
  dialog.onclose = () => {
    if (dialog.returnValue === "go") void switchDelivery(name, to, reason.value).then(restart, refuse);
  };
  dialog.showModal();
}

function refuse(error: unknown): void {
  if (!(error instanceof RefusedError)) {
    if (!document.body.hasAttribute("data-stale"))
      tellLive(
        `not live since ${new Date().toLocaleTimeString("en", { timeStyle: "short" })}, trying again`,
        false,
      );
    return;
  }
  live.hidden = true;
  choices.hidden = true;
  element("figures", HTMLElement).hidden = true;
  signIn.hidden = false;
  element("refused", HTMLParagraphElement).textContent = hasTriedAKey ? "This key isn't right." : "";
  element("key", HTMLInputElement).focus();
}

async function stay(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await follow(days.value, release.value, signal, show);
    } catch (error) {
      if (signal.aborted) return;
      refuse(error);
      if (error instanceof RefusedError) return;
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

function restart(): void {
  following.abort();
  following = new AbortController();
  void stay(following.signal);
  void watchPulse(following.signal, (news) => {
    pulse = news;
    showStanding();
  });
}

element("releases", HTMLDivElement).addEventListener("click", ({ target }) => {
  const name = target instanceof HTMLElement ? target.dataset.switch : undefined;
  const health = state?.releases.find(({ release }) => release === name);
  if (health) openSwitch(health);
});

signIn.addEventListener("submit", (event) => {
  event.preventDefault();
  hasTriedAKey = true;
  dropKey();
  keepKey(element("key", HTMLInputElement).value);
  restart();
});
know.addEventListener("submit", (event) => {
  event.preventDefault();
  const [name, reason] = [
    element("know-release", HTMLInputElement),
    element("know-reason", HTMLInputElement),
  ];
  void knowRelease(name.value, reason.value).then(() => {
    know.reset();
    restart();
  }, refuse);
});
watchStrikes(restart, refuse);
watchWithdrawals(restart, refuse);
const lookForHeld = watchHeld(refuse);
days.addEventListener("change", restart);
release.addEventListener("change", restart);
restart();
