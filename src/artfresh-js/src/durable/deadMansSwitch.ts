/** Has the browser send the last armed requests when the page dies, whatever the cause. */
export interface DeadMansSwitch {
  arm(): void;
  disarm(): void;
}

type FetchLater = (url: string, init: RequestInit) => unknown;

/** Shortest time between two calls of `fetchLater`, which are expensive. */
const everyMs = 250;

/**
 * Without `fetchLater`, which only Chromium has, nothing is armed.
 * @param requests Returns the requests (url, body) to arm.
 */
export function createDeadMansSwitch(
  requests: () => [url: string, body: object][],
  credentials: RequestCredentials = "include",
): DeadMansSwitch {
  const { fetchLater } = globalThis as { fetchLater?: FetchLater };
  let armed = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const disarm = () => {
    clearTimeout(timer);
    timer = undefined;
    armed.abort();
  };

  const arm = () => {
    armed.abort();
    armed = new AbortController();
    try {
      for (const [url, body] of requests())
        fetchLater?.(url, {
          method: "POST",
          credentials,
          body: JSON.stringify(body),
          signal: armed.signal,
        });
    } catch {
      // The quota, which other scripts share, is used up. The journal has all batches.
    }
  };

  return {
    disarm,
    arm() {
      if (!fetchLater || timer) return;
      arm();
      const again = () => {
        timer = undefined;
        arm();
      };
      timer = setTimeout(again, everyMs);
    },
  };
}
