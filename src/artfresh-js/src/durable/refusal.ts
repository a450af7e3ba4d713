import type { Batch } from "../core/batch.js";
import type { Answer } from "../core/call.js";
import type { Outbox } from "../core/outbox.js";
import type { Sending } from "../core/sending.js";
import type { Session } from "../core/session.js";
import type { Settings } from "../core/settings.js";
import { uuid } from "../core/uuid.js";
import { halvesOf } from "./halvesOf.js";

export interface RefusalParts {
  settings: Settings;
  outbox: Outbox;
  session: Session;
  note: Sending["note"];
  /** Called when the server has no batch endpoint. */
  goSingle(): void;
  /** Called when the server says that a listener is erased. */
  erased(listenerId: string | undefined): void;
}

/** Handles an answer that a retry cannot better. The batch is sealed. */
export function refuse(
  { settings, outbox, session, note, goSingle, erased }: RefusalParts,
  batch: Batch,
  isSingle: boolean,
  answer: Answer,
): void {
  const { log, emit } = settings;
  const { status, code } = answer;
  const count = outbox.count([batch]);
  const isLost = code === "session_not_found";
  if (isLost) session.leave(batch.sessionId);
  if (code === "listener_erased") {
    // Not sent again while it is forgotten.
    outbox.move(batch, "refused");
    erased(batch.listenerId);
  } else if (!isLost && !isSingle && [404, 405, 410].includes(status)) {
    goSingle();
    log("[Impressions] no batch endpoint: one by one");
  } else if (status === 413 && !isSingle && count > 1) {
    outbox.replace(batch, ...halvesOf(batch, uuid));
  } else {
    outbox.move(batch, "refused");
    emit("refused", { count, status, code });
    note(`refused ${count}: ${status} ${code}`, batch, { answer });
  }
}
