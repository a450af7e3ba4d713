import { button } from "./element.js";

/**
 * Calm: the art holds still while the music plays, and changes slowly. It is on by itself where the system asks for reduced motion, until the listener chooses. Returns a function
 * that toggles it.
 */
export function createCalm(apply: (isCalm: boolean) => void): () => void {
  const system = matchMedia("(prefers-reduced-motion: reduce)");
  let chosen: boolean | null = null;
  const isCalm = (): boolean => chosen ?? system.matches;
  const update = (): void => {
    press.setAttribute("aria-pressed", String(isCalm()));
    apply(isCalm());
  };
  const toggle = (): void => {
    chosen = !isCalm();
    update();
  };
  const press = button("calm", toggle);
  system.addEventListener("change", update);
  update();
  return toggle;
}
