import { node } from "../node.js";
import { element } from "../screen/element.js";
import { decideHeld, GoneError, heldPicture, RefusedError, readHeld } from "./server.js";
import type { Held } from "./wire.js";
import { heldFacts, waitingText } from "./words.js";

const pageSize = 20;
const nextLookMs = 10_000;

/**
 * The queue of pictures that wait until an operator has looked at them: one at a time, A approves and R refuses.
 * Nothing of the section is made anew between two pictures, so that the focus stays where it is.
 *
 * @returns Looks for pictures while none is shown; at most every 10 s, so it may be called at every change.
 */
export function watchHeld(onRefused: (error: unknown) => void): () => void {
  const section = element("held", HTMLElement);
  const picture = element("held-picture", HTMLImageElement);
  const facts = element("held-facts", HTMLDListElement);
  const outcome = element("held-outcome", HTMLParagraphElement);
  const reason = element("held-reason", HTMLInputElement);
  const form = element("held-form", HTMLFormElement);
  const buttons = [...form.querySelectorAll("button")];
  const pictures = new Map<number, Promise<string>>();
  const queue: Held[] = [];
  let waiting = 0;
  let isBusy = false;
  let lookedAt = Number.NEGATIVE_INFINITY;

  const urlOf = ({ id, imageUrl }: Held): Promise<string> => {
    const made = pictures.get(id) ?? heldPicture(imageUrl);
    pictures.set(id, made);
    return made;
  };

  /** One thing at a time: nobody decides on a picture that is not shown yet. */
  async function alone(work: () => Promise<void>): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    for (const button of buttons) button.setAttribute("aria-disabled", "true");
    try {
      await work();
    } catch (error) {
      if (error instanceof RefusedError) onRefused(error);
      else outcome.textContent = error instanceof Error ? error.message : String(error);
    } finally {
      isBusy = false;
      for (const button of buttons) button.removeAttribute("aria-disabled");
    }
  }

  async function show(): Promise<void> {
    const [now, next] = queue;
    section.hidden = !now && !outcome.textContent;
    if (!now && form.contains(document.activeElement)) outcome.focus();
    form.hidden = !now;
    element("held-waiting", HTMLSpanElement).textContent = waitingText(waiting);
    if (!now) return;
    element("held-title", HTMLHeadingElement).textContent = now.title;
    facts.replaceChildren(
      ...heldFacts(now).flatMap(([name, value]) => [node("dt", {}, name), node("dd", {}, value)]),
    );
    picture.alt = `Waiting picture ${now.id}: ${now.title}`;
    picture.removeAttribute("src");
    picture.src = await urlOf(now);
    await picture.decode().catch(() => undefined);
    if (next) urlOf(next).catch(() => pictures.delete(next.id));
  }

  async function fill(): Promise<void> {
    const after = queue[queue.length - 1]?.id ?? 0;
    const page = await readHeld(after, pageSize);
    queue.push(...page.pictures);
    waiting = page.waiting;
  }

  async function decide(word: "approve" | "refuse"): Promise<void> {
    const [now] = queue;
    if (!now || !form.reportValidity()) return;
    let said = `${now.title}: ${word === "approve" ? "approved" : "refused"}.`;
    try {
      await decideHeld(now.id, word, reason.value);
    } catch (error) {
      if (!(error instanceof GoneError)) throw error;
      said = `${now.title}: somebody else has decided.`;
    }
    queue.shift();
    waiting = Math.max(0, waiting - 1);
    void pictures.get(now.id)?.then(URL.revokeObjectURL, () => undefined);
    pictures.delete(now.id);
    outcome.textContent = said;
    if (queue.length < 2) await fill();
    await show();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const word = (event.submitter as HTMLButtonElement | null)?.value === "refuse" ? "refuse" : "approve";
    void alone(() => decide(word));
  });
  document.addEventListener("keydown", (event) => {
    const target = event.target as Element | null;
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || section.hidden || form.hidden)
      return;
    if (target?.closest("input, select, textarea, dialog")) return;
    const key = event.key.toLowerCase();
    if (key === "a") void alone(() => decide("approve"));
    if (key === "r") void alone(() => decide("refuse"));
  });

  return () => {
    const at = performance.now();
    if (queue.length > 0 || at - lookedAt < nextLookMs) return;
    lookedAt = at;
    void alone(() => fill().then(show));
  };
}
