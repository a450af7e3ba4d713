import { element } from "../screen/element.js";
import { watchHeld } from "./held.js";
import { auditRow, comparedReleases, comparison, kpiCard, promise, releaseCard } from "./panels.js";
import { dropKey, follow, keepKey, knowRelease, RefusedError, summarize, switchDelivery } from "./server.js";
import { watchStrikes } from "./strikes.js";
import type { Health, State, Summary } from "./wire.js";
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

function show(state: State): void {
  const { verdict, headline, lede } = promise(state.kpis.figures);
  document.body.dataset.verdict = verdict;
  element("headline", HTMLHeadingElement).textContent = headline;
  element("lede", HTMLParagraphElement).textContent = [
    lede,
    release.value && `Release ${release.value}.`,
    unobserved(state.kpis.days) || `${days.value} days.`,
  ]
    .filter(Boolean)
    .join(" ");
  element("kpis", HTMLUListElement).replaceChildren(
    ...state.kpis.figures.map((figure) => kpiCard(figure, state.kpis)),
  );
  element("releases", HTMLDivElement).replaceChildren(
    ...state.releases.map((health) => releaseCard(health, openSwitch)),
  );
  element("audit", HTMLOListElement).replaceChildren(...state.audit.map(auditRow));
  offerReleases(state);
  lookForHeld();
  element("figures", HTMLElement).hidden = false;
  signIn.hidden = true;
  choices.hidden = false;
  live.hidden = false;
  live.textContent = "live";
  live.dataset.live = "";
  void compare(comparedReleases(state));
}

function offerReleases({ kpis }: State): void {
  const names = new Set([...release.options].map(({ value }) => value));
  for (const name of kpis.releases) if (!names.has(name)) release.append(new Option(name, name));
}

async function compare(releases: string[]): Promise<void> {
  const summaries: Summary[] = await Promise.all(releases.map((name) => summarize(days.value, name)));
  element("comparison", HTMLElement).replaceChildren(...(summaries.length ? [comparison(summaries)] : []));
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
  delete live.dataset.live;
  if (!(error instanceof RefusedError)) {
    live.hidden = false;
    live.textContent = `not live since ${new Date().toLocaleTimeString("en", { timeStyle: "short" })}`;
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
}

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
