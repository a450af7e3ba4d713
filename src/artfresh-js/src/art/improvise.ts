import type { Client } from "../client.js";
import type { Artwork, GenomeSeeds, Mood } from "../core/wire.js";

/**
 * Draws a genome for a mood and gives its text. It takes as many seeds as it likes, and the genome's own is one of them; undefined
 * where none are left.
 */
export type DrawGenome = (mood: Mood, nextSeed: () => bigint | undefined) => string | undefined;

interface Grant {
  sessionId: string;
  seeds: GenomeSeeds;
  used: number;
}

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
    grant = { sessionId: session.sessionId, seeds: session.genomeSeeds, used: 0 };
    grants.set(client, grant);
  }
  if (!grant) return undefined;
  const mine = grant;
  const genome = draw(mood, () =>
    mine.used < mine.seeds.count ? BigInt(`0x${mine.seeds.from}`) + BigInt(mine.used++) : undefined,
  );
  if (!genome) return undefined;
  const made = (madeCounts.get(client) ?? 0) + 1;
  madeCounts.set(client, made);
  return { id: -made, imageUrl: "", genome, mood, createdAt: new Date().toISOString(), generator: "neural" };
}
