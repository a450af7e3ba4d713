/** Outlines in a square of 24. */
export const ICONS = {
  keep: "M12 19.5 5 12.7a4.3 4.3 0 0 1 6-6.1l1 1 1-1a4.3 4.3 0 0 1 6 6.1z",
  save: "M12 4v11m0 0 4.5-4.5M12 15l-4.5-4.5M5 19.5h14",
  share: "M9.5 14.5 14.5 9.5M11 7l2-2a4.2 4.2 0 0 1 6 6l-2 2M13 17l-2 2a4.2 4.2 0 0 1-6-6l2-2",
  wall: "M4 4.5h7v9H4zM14 4.5h6v5h-6zM14 12.5h6v7h-6zM4 16.5h7v3H4z",
  history: "M12 7.5V12l3 2M5 12a7 7 0 1 1 2.3 5.2M5 18v-3.5h3.5",
  data: "M12 12a3.8 3.8 0 1 0 0-7.6 3.8 3.8 0 0 0 0 7.6ZM5 20c.6-3.6 3.4-5.4 7-5.4s6.4 1.8 7 5.4",
} as const;

export type Icon = keyof typeof ICONS;

export function icon(name: Icon): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}
