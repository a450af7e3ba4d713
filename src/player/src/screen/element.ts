/** The page's element with that id and type. Throws if it is missing, because page and script come from one build. */
export function element<T extends Element>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${kind.name} #${id}`);
  return found;
}

export type Screen = "start" | "art" | "farewell";

export function currentScreen(): Screen {
  return document.body.dataset.screen as Screen;
}

export function goToScreen(screen: Screen): void {
  document.body.dataset.screen = screen;
}

/** Sets or clears an attribute of the body that the style sheet uses. */
export function mark(name: "idle" | "label" | "paused" | "muted" | "dropping", isOn: boolean): void {
  if (isOn) document.body.dataset[name] = "";
  else delete document.body.dataset[name];
}

export function button(id: string, onPress: () => void): HTMLButtonElement {
  const found = element(id, HTMLButtonElement);
  found.addEventListener("click", onPress);
  return found;
}
