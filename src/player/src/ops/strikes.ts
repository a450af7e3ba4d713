import { element } from "../screen/element.js";
import { RefusedError, strikeClaims } from "./server.js";
import type { Strike } from "./wire.js";
import { struckText } from "./words.js";

const labels: Record<string, string> = {
  listener: "Listener",
  address: "Address, or its /24 (IPv4) or /48 (IPv6)",
  hash: "Hash (1 to 1024)",
};

/** The form that strikes claims, or counts them again. */
export function watchStrikes(onStruck: () => void, onRefused: (error: unknown) => void): void {
  const form = element("strike", HTMLFormElement);
  const whose = element("strike-whose", HTMLSelectElement);
  const name = element("strike-name", HTMLInputElement);
  const day = element("strike-day", HTMLInputElement);
  const reason = element("strike-reason", HTMLInputElement);
  const struck = element("struck", HTMLParagraphElement);

  const read = (lift: boolean): Strike => {
    const said = { lift, reason: reason.value };
    const named = name.value.trim();
    if (whose.value === "listener") return { listener: named, ...said };
    return { network: named, ...(whose.value === "hash" && day.value ? { day: day.value } : {}), ...said };
  };

  whose.addEventListener("change", () => {
    element("strike-label", HTMLSpanElement).textContent = labels[whose.value] ?? "";
    element("strike-dated", HTMLLabelElement).hidden = whose.value !== "hash";
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const isLifted = (event.submitter as HTMLButtonElement | null)?.value === "lift";
    struck.textContent = "";
    void strikeClaims(read(isLifted)).then(
      (changed) => {
        form.reset();
        whose.dispatchEvent(new Event("change"));
        struck.textContent = struckText(changed, isLifted);
        onStruck();
      },
      (error: unknown) => {
        if (error instanceof RefusedError) onRefused(error);
        else struck.textContent = error instanceof Error ? error.message : String(error);
      },
    );
  });
}
