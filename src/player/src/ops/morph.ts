/**
 * Makes an element's children like other nodes, and leaves what is the same in place: what has the focus keeps it, what is selected stays so, and a screen reader hears only
 * what is new.
 */
export function morph(parent: Element, wanted: Node[]): void {
  for (const [i, next] of wanted.entries()) {
    const present = parent.childNodes[i];
    if (!present) parent.append(next);
    else if (!isAlike(present, next)) parent.replaceChild(next, present);
    else if (next instanceof Element) {
      copyAttributes(present as Element, next);
      morph(present as Element, [...next.childNodes]);
    } else if (present.nodeValue !== next.nodeValue) present.nodeValue = next.nodeValue;
  }
  while (parent.childNodes.length > wanted.length) parent.lastChild?.remove();
}

/** Whether one can become the other: the same kind of element, of the same thing. */
const isAlike = (one: Node, other: Node): boolean =>
  one.nodeName === other.nodeName &&
  (!(one instanceof Element) || one.getAttribute("data-of") === (other as Element).getAttribute("data-of"));

function copyAttributes(to: Element, from: Element): void {
  // Whether a reader has opened it is the reader's.
  const own = (name: string) => name === "open" && to.nodeName === "DETAILS";
  for (const name of to.getAttributeNames())
    if (!from.hasAttribute(name) && !own(name)) to.removeAttribute(name);
  for (const name of from.getAttributeNames()) {
    const value = from.getAttribute(name) ?? "";
    if (to.getAttribute(name) !== value) to.setAttribute(name, value);
  }
}

/** Sets a text, and nothing where it is the same: a live region would say it again. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
