/** The browser sends what was armed last when the page dies, however it dies. */
export interface DeadMansSwitch {
  arm(): void;
  disarm(): void;
}

type FetchLater = (url: string, init: RequestInit) => unknown;

/** More often than this, arming would cost more than what it saves. */
const everyMs = 250;

/** @param requests What there is to be sent: url and body. Without `fetchLater` (Chromium has it) nothing is armed. */
export function createDeadMansSwitch(requests: () => [url: string, body: object][]): DeadMansSwitch {
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
          credentials: "include",
          body: JSON.stringify(body),
          signal: armed.signal,
        });
    } catch {
      // Its quota is shared with the rest of the page; the journal has everything.
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
