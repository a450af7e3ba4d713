import type { Outbox } from "../core/outbox.js";
import type { Report } from "../core/wire.js";

interface Body {
  sessionId: string;
  firstNumber?: number;
  number?: number;
  report: Report;
}

/** A request of impressions that also says how many of its session follow them and are not answered. */
export function withBehind({ batches, count }: Outbox, body: object): object {
  const { sessionId, firstNumber, number, report } = body as Body;
  const first = (firstNumber ?? number) as number;
  const behind = count(batches.filter((other) => other.sessionId === sessionId && other.firstNumber > first));
  return { ...body, report: { ...report, behind } };
}
