import { element } from "../screen/element.js";
import { RefusedError, withdrawArtwork } from "./server.js";

/** The form that takes an artwork down, or puts it back. */
export function watchWithdrawals(onChanged: () => void, onRefused: (error: unknown) => void): void {
  const form = element("withdraw", HTMLFormElement);
  const artwork = element("withdraw-artwork", HTMLInputElement);
  const reason = element("withdraw-reason", HTMLInputElement);
  const outcome = element("withdrawn", HTMLParagraphElement);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const isUndone = (event.submitter as HTMLButtonElement | null)?.value === "undo";
    const id = numberOf(artwork.value);
    outcome.textContent = "";
    void withdrawArtwork(id, reason.value, isUndone).then(
      (changed) => {
        form.reset();
        outcome.textContent = outcomeOf(id, changed, isUndone);
        onChanged();
      },
      (error: unknown) => {
        if (error instanceof RefusedError) onRefused(error);
        else outcome.textContent = error instanceof Error ? error.message : String(error);
      },
    );
  });
}

/** "No. 1,234" and "https://art.test/art/1234.png?width=512" name artwork 1234. */
export function numberOf(text: string): string {
  const inAddress = /\/art\/(\d+)\.png/.exec(text)?.[1];
  return inAddress ?? text.replace(/[^\d]/g, "");
}

function outcomeOf(id: string, changed: number, isUndone: boolean): string {
  if (changed === 0) return `Artwork ${id} ${isUndone ? "was not withdrawn" : "is withdrawn already"}.`;
  return `Artwork ${id} is ${isUndone ? "put back" : "withdrawn"}.`;
}
