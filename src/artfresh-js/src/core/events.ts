import type { Transport } from "./wire.js";

/** What a client tells those who listen with `on`. */
export interface ClientEvents {
  /** An answer has covered impressions. */
  delivered: { count: number; transport: Transport };
  /** Impressions are given up. */
  lost: { count: number; why: string };
  /** The server refuses impressions: they stay in the journal until the next visit. */
  refused: { count: number; status: number; code: string | undefined };
  /** The server's ledger has gone back to a copy, and what this browser keeps is offered to it. */
  epoch: { artworks: number; batches: number };
  /** Operators have withdrawn artworks that this listener was served. */
  withdrawn: { artworkIds: number[] };
}

export type Emit = <Type extends keyof ClientEvents>(type: Type, event: ClientEvents[Type]) => void;

export type On = <Type extends keyof ClientEvents>(
  type: Type,
  heard: (event: ClientEvents[Type]) => void,
) => () => void;

export function createEvents(): { emit: Emit; on: On } {
  const all = new Set<readonly [type: string, heard: (event: never) => void]>();
  return {
    // Apart from the client's own work, which a fault of the page's code must not fail.
    emit(type, event) {
      for (const [heardType, heard] of all) if (heardType === type) setTimeout(heard, 0, event);
    },
    on(type, heard) {
      const one = [type, heard] as const;
      all.add(one);
      return () => all.delete(one);
    },
  };
}
