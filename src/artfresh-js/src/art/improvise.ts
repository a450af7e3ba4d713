import type { Client } from "../client.js";
import type { Artwork, GenomeSeeds, Mood } from "../core/wire.js";

/**
 * Draws art and returns the text of its genome, which must be the one that the server derives from the seed. It may call `nextSeed`, which begins with the
 * seeds nearest to the mood, as often as it likes. Returns undefined if there are no seeds left.
 */
export type DrawGenome = (mood: Mood, nextSeed: () => bigint | undefined) => string | undefined;

interface Grant {
  sessionId: string;
  listenerId: string | undefined;
  seeds: GenomeSeeds;
  /** Number of used seeds in each cell of the mood grid. */
  used: Uint16Array;
}

const cellsPerSide = 8;

/** By client rather than by stock, because two stocks of one page must not make the same art. */
const grants = new WeakMap<Client, Grant>();
const madeCounts = new WeakMap<Client, number>();

/**
 * Makes art without the server, from seeds that are granted to no other session, so that it is fresh to everybody. Its id is negative: the server
 * assigns one when the impression arrives. Returns undefined if no session was ever open, or if its seeds are used up.
 */
export function improvise(client: Client, draw: DrawGenome, mood: Mood): Artwork | undefined {
  const { session } = client;
  let grant = grants.get(client);
  if (session?.genomeSeeds && session.sessionId !== grant?.sessionId) {
    grant = {
      sessionId: session.sessionId,
      listenerId: session.listenerId,
      seeds: session.genomeSeeds,
      used: new Uint16Array(cellsPerSide ** 2),
    };
    grants.set(client, grant);
  }
  // Another listener's seeds make art that was never granted to this one.
  if (!grant || grant.listenerId !== client.listenerId) return undefined;
  const mine = grant;
  const genome = draw(mood, () => nextSeed(mine, mood));
  if (!genome) return undefined;
  const made = (madeCounts.get(client) ?? 0) + 1;
  madeCounts.set(client, made);
  return {
    id: -made,
    imageUrl: "",
    genome,
    mood,
    createdAt: new Date().toISOString(),
    generator: "neural",
    digitalSourceType: "algorithmicMedia",
  };
}

/** Takes a seed of the nearest cell that has one left. The seeds of a grant belong to the grid's cells in turn, row by energy and column by valence. */
function nextSeed({ seeds, used }: Grant, { valence, energy }: Mood): bigint | undefined {
  let nearest: number | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const [cell, taken] of used.entries()) {
    const x = (cell % cellsPerSide) + 0.5 - valence * cellsPerSide;
    const y = Math.floor(cell / cellsPerSide) + 0.5 - energy * cellsPerSide;
    const distance = x * x + y * y;
    if (cell + taken * used.length < seeds.count && distance < least) [nearest, least] = [cell, distance];
  }
  if (nearest === undefined) return undefined;
  const taken = used[nearest] ?? 0;
  used[nearest] = taken + 1;
  return BigInt(`0x${seeds.from}`) + BigInt(nearest + taken * used.length);
}
