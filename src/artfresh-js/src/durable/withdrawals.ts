import type { CallAs } from "../core/call.js";
import type { Session } from "../core/session.js";

/** With the second that servers and caches add, an artwork that is withdrawn leaves the screen within 10 s. */
const intervalMs = 6000;

/** Asks what was withdrawn, while the page is in sight and has shown art: it may show art for minutes without another request. */
export interface Withdrawals {
  /** The page is in sight. */
  begin(): void;
  stop(): void;
}

interface WithdrawalsAnswer {
  /** What to ask with the next time. */
  last: number;
  withdrawn?: number[];
}

/**
 * @param send Passes what an answer names as withdrawn on. The requests are everybody's, without a bearer token, so that caches answer them.
 * @param shown By artwork, what this page showed.
 */
export function createWithdrawals(
  send: CallAs,
  session: Session,
  shown: ReadonlyMap<number, unknown>,
): Withdrawals {
  let since: number | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;

  const ask = async (): Promise<void> => {
    since ??= session.current()?.lastWithdrawal;
    // The release before sends no number.
    if (since === undefined || !shown.size) return;
    const { status, body } = await send(undefined, `/api/withdrawals?since=${since}`);
    if (status !== 200) return;
    const { last, withdrawn } = body as WithdrawalsAnswer;
    since = last;
    // There may be more than one answer holds.
    if (withdrawn && timer) await ask();
  };

  const stop = () => {
    clearInterval(timer);
    timer = undefined;
  };

  return {
    begin() {
      stop();
      // Outside a browser nothing is on screen.
      if (!globalThis.document) return;
      timer = setInterval(ask, intervalMs);
      void ask();
    },
    stop,
  };
}
