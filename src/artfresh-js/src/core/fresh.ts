import type { Call } from "./call.js";
import { insist } from "./insist.js";
import type { Session } from "./session.js";
import type { Settings } from "./settings.js";
import { uuid } from "./uuid.js";
import type { Artwork } from "./wire.js";

export interface FreshOptions {
  /** Number of artworks, 1 to 50; 10 by default. */
  count?: number | undefined;
  /** Mood of the artworks, each coordinate in [0, 1]; the middle by default. */
  valence?: number | undefined;
  energy?: number | undefined;
  /** Asks for art of this collection of the operator's alone; there is none when the listener has had it all. */
  collection?: string | undefined;
  /** Cancels the request. What it was served all the same goes to the next call that asks for the same, or is given back at the end. */
  signal?: AbortSignal | undefined;
  /** Repeats an earlier call whose answer was lost; a new id by default. */
  requestId?: string | undefined;
}

export interface Fresh {
  /**
   * Requests art that the listener was never served. All tries have the same request id, so that the server repeats a lost
   * answer rather than spending more art. Rejects with ArtFreshError, or with the reason of the aborted signal.
   */
  request(options?: FreshOptions): Promise<Artwork[]>;
  /** Takes the ids that were served to aborted requests, and to nobody since. */
  unclaimed(): number[];
}

interface Order {
  readonly wish: string;
  isWanted: boolean;
  asked: Promise<Artwork[]>;
  ids: number[];
}

export function createFresh(settings: Settings, call: Call, session: Session): Fresh {
  /** Aborted while the server was at work: what it serves is the next one's who wants the same. */
  const left = new Set<Order>();

  const ask = (order: Order, wish: object, requestId: string) =>
    insist(settings, async () => {
      const { sessionId, listenerId } = await session.ready();
      if (!order.isWanted) return { status: 0, done: [] };
      // JSON drops undefined members.
      const query = new URLSearchParams(JSON.parse(JSON.stringify({ ...wish, sessionId, requestId })));
      const answer = await call(`/api/artworks/fresh?${query}`);
      const done = (answer.body as { artworks?: Artwork[] } | undefined)?.artworks;
      for (const artwork of done ?? [])
        artwork.imageUrl = artwork.imageUrl.replace(/^\//, `${settings.baseUrl}/`);
      const again = answer.status === 401 || /^(session_|joined)/.test(answer.code ?? "");
      if (again) session.leave(sessionId);
      // Somebody has signed in or out meanwhile: this art is not theirs.
      if (done && session.listenerId() !== listenerId) return { ...answer, again: true };
      return { ...answer, done, again };
    });

  const begin = (wish: object, requestId: string): Order => {
    const order = { wish: JSON.stringify(wish), isWanted: true, ids: [] } as unknown as Order;
    order.asked = ask(order, wish, requestId);
    order.asked.then(
      (artworks) => {
        order.ids = artworks.map(({ id }) => id);
        if (!order.ids.length) left.delete(order);
      },
      () => left.delete(order),
    );
    return order;
  };

  return {
    async request({ signal, requestId, ...wish } = {}) {
      const reason = () => signal?.reason ?? new DOMException("The request was aborted.", "AbortError");
      if (signal?.aborted) throw reason();
      const key = JSON.stringify(wish);
      const known = requestId ? undefined : [...left].find((order) => order.wish === key);
      const order = known ?? begin(wish, requestId ?? uuid());
      left.delete(order);
      order.isWanted = true;
      let abort = () => {};
      const aborted = new Promise<never>((_, reject) => {
        abort = () => {
          order.isWanted = false;
          left.add(order);
          reject(reason());
        };
        signal?.addEventListener("abort", abort);
      });
      return Promise.race([order.asked, aborted]).finally(() => signal?.removeEventListener("abort", abort));
    },

    unclaimed() {
      const ids = [...left].flatMap((order) => order.ids);
      left.clear();
      return ids;
    },
  };
}
