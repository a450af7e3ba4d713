import type { Answer, Call } from "./call.js";
import type { Batch } from "./journal.js";
import { batchBody, singleBody } from "./post.js";
import { batchPath, hiddenBytesMax, singlePath, type Transport } from "./wire.js";

/** How a batch went; `answer` is the server's, where the page may live to see it. A beacon has none. */
export interface HiddenPost {
  transport: Transport;
  answer?: Promise<Answer>;
}

/**
 * Sends batches in ways that outlive the page: as a beacon, and where the browser refuses that, by fetch with keepalive. Both
 * share 64 KiB in flight: a batch beyond 60 KiB is not sent (undefined). One sender serves one hiding of the page.
 */
export function createHiddenPost(
  baseUrl: string,
  call: Call,
  counts: { calls: number },
  token?: string,
): (batch: Batch, single: boolean) => HiddenPost | undefined {
  let bytesLeft: number = hiddenBytesMax;

  const beacon = (path: string, body: object): boolean => {
    try {
      // text/plain: any other type needs a preflight across origins, and loses its race with the end of the page.
      const sent = navigator.sendBeacon(
        baseUrl + path,
        new Blob([JSON.stringify(body)], { type: "text/plain" }),
      );
      if (sent) counts.calls++;
      return sent;
    } catch {
      return false;
    }
  };

  return (batch, single) => {
    const posts = single
      ? batch.artworkIds.map((id, i) => ({ path: singlePath(id), body: () => singleBody(batch, i, token) }))
      : [{ path: batchPath, body: (transport: Transport) => batchBody(batch, transport, token) }];
    // ASCII throughout, so characters are bytes; 'keepalive' is the longer name.
    const bytes = posts.reduce((sum, { body }) => sum + JSON.stringify(body("keepalive")).length, 0);
    if (bytes > bytesLeft) return undefined;
    bytesLeft -= bytes;
    const refused = posts
      .slice(single ? batch.answered : 0)
      .filter(({ path, body }) => !beacon(path, body("beacon")));
    if (!refused.length) return { transport: "beacon" };
    const answers = refused.map(({ path, body }) => call(path, { post: body("keepalive"), keepalive: true }));
    return single
      ? { transport: "keepalive" }
      : { transport: "keepalive", answer: answers[0] as Promise<Answer> };
  };
}
