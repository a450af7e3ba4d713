import type { Client } from "../client.js";
import type { Artwork, GenomeSeeds, Mood } from "../core/wire.js";

/**
 * Draws a genome and gives its text: that of one of the seeds, as the server derives it, or the server refuses it. It takes as many seeds as it likes, the
 * nearest to the mood first; undefined where none are left.
 */
export type DrawGenome = (mood: Mood, nextSeed: () => bigint | undefined) => string | undefined;

interface Grant {
  sessionId: string;
  seeds: GenomeSeeds;
  /** How many seeds of each cell of the plane of moods are used. */
  used: Uint16Array;
}

const cellsPerSide = 8;

/** By client, not by stock: two stocks of one page must not make the same art. */
const grants = new WeakMap<Client, Grant>();
const madeCounts = new WeakMap<Client, number>();

/**
 * Art made on the spot, without the server: from seeds that no other session is ever granted, so that nobody has had it. Its id is
 * negative: the server assigns one when the impression arrives. Undefined where no session was ever open, or its seeds are used up.
 */
export function improvise(client: Client, draw: DrawGenome, mood: Mood): Artwork | undefined {
  const { session } = client;
  let grant = grants.get(client);
  if (session?.genomeSeeds && session.sessionId !== grant?.sessionId) {
    grant = {
      sessionId: session.sessionId,
      seeds: session.genomeSeeds,
      used: new Uint16Array(cellsPerSide ** 2),
    };
    grants.set(client, grant);
  }
  if (!grant) return undefined;
  const mine = grant;
  const genome = draw(mood, () => nextSeed(mine, mood));
  if (!genome) return undefined;
  const made = (madeCounts.get(client) ?? 0) + 1;
  madeCounts.set(client, made);
  return { id: -made, imageUrl: "", genome, mood, createdAt: new Date().toISOString(), generator: "neural" };
}

/** Takes a seed of the nearest cell that has any left: a grant's seeds belong to the cells of the plane in turn, row by energy and column by valence. */
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
