import type { Consent } from "artfresh";
import { chooseConsent, chosenConsent } from "../consent.js";
import { node } from "../node.js";
import type { MinePorts } from "./ports.js";
import { createRoom } from "./room.js";
import { download } from "./savePicture.js";

const CHOICES: readonly (readonly [Consent, string, string])[] = [
  ["full", "That you were here", "A cookie for 400 days. Nothing comes twice, also on your next visit."],
  ["session", "This visit only", "No cookie. What this tab holds goes when you close it."],
  [
    "none",
    "Nothing",
    "No cookie, and nothing is stored but this choice. Each page takes you for a new guest.",
  ],
];

/** What is held of the listener: what this browser may remember, all of it as a file, and its erasure. Returns a function that opens it. */
export function createYourData(ports: MinePorts): () => void {
  const room = createRoom("your-data", "Your data");
  const privacy = node(
    "a",
    { href: "/privacy.html", target: "_blank", rel: "noopener" },
    "What is held, why, and how long",
  );
  return () => {
    room.body.replaceChildren(
      node(
        "p",
        { class: "room-words" },
        "The gallery knows which artworks you were shown and which you keep, under a random number or your sign-in. ",
        privacy,
        ".",
      ),
      consentOf(ports),
      takingAlong(ports),
      erasing(ports, () => room.close()),
    );
    room.open();
  };
}

function press(words: string, kind: string, run: () => void): HTMLButtonElement {
  const made = node("button", { type: "button", class: `choice ${kind}` }, node("span", {}, words));
  made.addEventListener("click", run);
  return made;
}

function consentOf({ client, say, finish }: MinePorts): HTMLElement {
  const chosen = chosenConsent();
  const radios = CHOICES.map(([value, words, details]) => {
    const radio = node("input", { type: "radio", name: "consent", value, id: `consent-${value}` });
    radio.checked = value === chosen;
    radio.addEventListener("change", () => {
      save.hidden = radio.value === chosen;
    });
    return node(
      "label",
      { class: "consent", for: `consent-${value}` },
      radio,
      node("span", {}, words, node("small", {}, details)),
    );
  });
  const save = press("Remember this choice", "choice-first", () => {
    const value = CHOICES.find(
      ([name]) => form.querySelector<HTMLInputElement>(`#consent-${name}`)?.checked,
    )?.[0];
    if (!value) return;
    save.disabled = true;
    void finish()
      .then(() => chooseConsent(client, value))
      .catch(() => {
        save.disabled = false;
        say("The gallery can't be reached right now. Nothing has changed.");
      });
  });
  save.hidden = true;
  const form = node(
    "fieldset",
    { class: "room-part" },
    node("legend", {}, "What may this browser remember?"),
    ...radios,
    node(
      "p",
      { class: "room-note" },
      "With another choice the gallery forgets this browser, and opens anew.",
    ),
    save,
  );
  return form;
}

function takingAlong({ client, say }: MinePorts): HTMLElement {
  const take = press("Download all of it", "", () => {
    take.disabled = true;
    void client
      .flush()
      .then(() => client.export())
      .then(
        (file) => download(file, "artfresh.ndjson"),
        () => say("The file can't be made right now."),
      )
      .finally(() => {
        take.disabled = false;
      });
  });
  return node(
    "section",
    { class: "room-part" },
    node("h3", {}, "Take it along"),
    node("p", { class: "room-note" }, "All that is held of you, as lines of JSON."),
    take,
  );
}

function erasing({ client, say }: MinePorts, close: () => void): HTMLElement {
  const ask = press("Erase it all …", "", () => {
    ask.hidden = true;
    sure.hidden = false;
    stay.focus();
  });
  const stay = press("No, leave it", "", () => {
    ask.hidden = false;
    sure.hidden = true;
    ask.focus();
  });
  const erase = press("Yes, erase it all", "choice-last", () => {
    erase.disabled = true;
    void client.erase().then(
      (erasure) => {
        close();
        say(`Erased, as No. ${erasure}: within a minute nothing here names you. You are a new guest.`);
      },
      () => {
        erase.disabled = false;
        say("That can't be done right now. Nothing has been erased.");
      },
    );
  });
  const sure = node(
    "div",
    { class: "sure", role: "group", "aria-label": "Erase it all?" },
    node(
      "p",
      {},
      "What you were shown and what you keep goes, here and on the server. Nobody can bring it back.",
    ),
    erase,
    stay,
  );
  sure.hidden = true;
  return node(
    "section",
    { class: "room-part" },
    node("h3", {}, "Have it erased"),
    node("p", { class: "room-note" }, "You are a new guest then, and may be shown again what you have seen."),
    ask,
    sure,
  );
}
