export type Direction = "left" | "right" | "up" | "down";

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const SIDEWAYS_WEIGHT = 2.5;

/**
 * Finds the box to which an arrow key of a remote control leads: the nearest one in that direction, preferring those straight
 * ahead.
 * @returns An index into `boxes`, or -1 if there is none in that direction.
 */
export function nearestTowards(from: Box, boxes: readonly Box[], direction: Direction): number {
  let nearest = -1;
  let shortest = Number.POSITIVE_INFINITY;
  for (const [i, box] of boxes.entries()) {
    const ahead = distanceAhead(from, box, direction);
    if (ahead <= 0) continue;
    const isHorizontal = direction === "left" || direction === "right";
    const aside = isHorizontal
      ? gap(from.top, from.bottom, box.top, box.bottom)
      : gap(from.left, from.right, box.left, box.right);
    const length = ahead + SIDEWAYS_WEIGHT * aside;
    if (length < shortest) [nearest, shortest] = [i, length];
  }
  return nearest;
}

/** Distance of the centres along the direction; 0 if the boxes overlap that way by more than half of the smaller one, negative if the box is behind. */
function distanceAhead(from: Box, to: Box, direction: Direction): number {
  switch (direction) {
    case "left":
      return beyond(-from.right, -from.left, -to.right, -to.left);
    case "right":
      return beyond(from.left, from.right, to.left, to.right);
    case "up":
      return beyond(-from.bottom, -from.top, -to.bottom, -to.top);
    case "down":
      return beyond(from.top, from.bottom, to.top, to.bottom);
  }
}

function beyond(fromStart: number, fromEnd: number, toStart: number, toEnd: number): number {
  const overlap = Math.min(fromEnd, toEnd) - Math.max(fromStart, toStart);
  const smaller = Math.min(fromEnd - fromStart, toEnd - toStart);
  return overlap > smaller / 2 ? 0 : (toStart + toEnd - fromStart - fromEnd) / 2;
}

/** Distance between two ranges; 0 if they overlap. */
function gap(aStart: number, aEnd: number, bStart: number, bEnd: number): number {
  return Math.max(0, bStart - aEnd, aStart - bEnd);
}
