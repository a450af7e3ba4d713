import type { Client, Consent } from "artfresh";
import { forgetScores } from "./song/forgetScores.js";

/** One word that names nobody. It stays with "none" too: otherwise the next page would set a cookie. */
const KEY = "artfresh-player:consent";
const CHOICES: readonly Consent[] = ["full", "session", "none"];

/** What this browser may remember: as it was chosen here, or everything. */
export function chosenConsent(): Consent {
  try {
    return CHOICES.find((choice) => choice === localStorage.getItem(KEY)) ?? "full";
  } catch {
    // A browser that blocks site data has chosen.
    return "none";
  }
}

/** Has this browser forget its listener and what it knows of songs, and opens the page anew with another choice. Rejects if the server can't be reached. */
export async function chooseConsent(
  client: Pick<Client, "forget" | "close">,
  consent: Consent,
): Promise<void> {
  await client.forget();
  client.close();
  localStorage.setItem(KEY, consent);
  await forgetScores();
  location.reload();
}

/** Opens the page anew when another tab has chosen. */
export function followConsent(): void {
  addEventListener("storage", ({ key, newValue, oldValue }) => {
    if (key === KEY && newValue !== oldValue) location.reload();
  });
}
