import type { Batch } from "../core/batch.js";
import type { CallAs } from "../core/call.js";
import type { Keep } from "../core/keep.js";
import type { Write } from "../core/outbox.js";
import type { BatchAnswer } from "../core/wire.js";
import { createAdoption } from "./adoption.js";
import { createDeadMansSwitch } from "./deadMansSwitch.js";
import { openLasting } from "./lasting.js";
import { createParting, type Parts } from "./parting.js";
import { refuse } from "./refusal.js";
import { createReplica } from "./replica.js";
import { createTabs } from "./tabs.js";
import { whenHidden } from "./whenHidden.js";
import { withBehind } from "./withBehind.js";
import { createWithdrawals } from "./withdrawals.js";

export interface KeepParts extends Parts {
  /** By artwork, what this page showed. */
  shown: Map<number, unknown>;
  /** Called when the server says that a listener is erased. */
  erased(listenerId: string | undefined): void;
  send: CallAs;
}

/** Opens the journal, and connects the parts that send when the page is hidden or dies, and that adopt dead pages' batches. */
export async function createKeep(parts: KeepParts): Promise<Keep> {
  const { settings, counts, outbox, sending, session } = parts;
  const lasting = await openLasting(settings, counts, () => outbox.batches);
  const { read } = lasting;
  const replica = createReplica({
    settings,
    call: parts.call,
    outbox,
    resume: () => void sending.resume(),
    shown: parts.shown,
  });
  const write: Write = (puts, removes) => {
    replica.keep(removes.filter(({ state, reason }) => state === "answered" && reason));
    return lasting.write(puts, removes);
  };
  const own = new Set<string>();
  let isAway = false;
  let answeredSession: string | undefined;

  const tabs = createTabs({
    written: async () => [
      ...new Set((await read()).flatMap(({ sessionId = "" }) => (own.has(sessionId) ? [] : sessionId))),
    ],
    orphaned: (sessionId) => void adoption.adopt(sessionId),
    shared(batches) {
      if (!own.has(batches[0]?.sessionId as string)) adoption.doubt(batches);
    },
  });

  const adoption = createAdoption({
    settings,
    counts,
    outbox,
    write,
    read,
    resume: () => void sending.resume(),
    settled: tabs.settle,
    share: tabs.share,
  });

  const withdrawals = createWithdrawals(parts.send, session, parts.shown);
  const parting = createParting(parts);
  const { arm, disarm } = createDeadMansSwitch(parting.testament, settings.credentials);

  const leave = () => {
    isAway = true;
    adoption.leave();
    tabs.leave();
  };

  const hide = (isLeft: boolean) => {
    withdrawals.stop();
    disarm();
    parting.hide();
    if (!isLeft) return;
    tabs.share(outbox.in("entrusted"));
    leave();
  };

  const show = async () => {
    if (isAway) {
      isAway = false;
      adoption.back();
      await tabs.back();
    }
    parting.show();
    arm();
    if (own.size) withdrawals.begin();
  };

  const stopWatching = whenHidden(hide, () => void show());

  /** Whether impressions can wait for a full batch, because they are on disk and the browser sends them when the page dies. */
  const isSafe = () => counts.journal === "indexeddb" && "fetchLater" in globalThis;

  const stop = () => {
    stopWatching();
    withdrawals.stop();
    disarm();
    leave();
  };
  // The client may have been closed while this module was loading.
  if (sending.isStopped()) stop();

  return {
    arm,
    write,
    refuse: (batch, isSingle, answer, goSingle) =>
      refuse(
        { settings, outbox, session, note: sending.note, goSingle, erased: parts.erased },
        batch,
        isSingle,
        answer,
      ),
    stop,
    size: () => (isSafe() ? 50 : 20),
    delayMs: () => (isSafe() ? 600_000 : 10_000),
    end(unshown) {
      const open = session.current();
      // Both use the browser's quota for requests of ending pages, and impressions come first.
      parting.hide();
      if (!open) return;
      const lastNumber = outbox.numbered();
      parting.sendLast(`/api/sessions/${open.sessionId}/end`, { unshown, lastNumber, token: open.token });
    },

    async forget(listenerId) {
      replica.forget(listenerId);
      await write(
        [],
        (await read()).filter((batch) => batch.listenerId === listenerId),
      );
    },

    begin(sessionId) {
      if (sending.isStopped()) return;
      void replica.told(session.current()?.epoch, session.listenerId());
      own.add(sessionId);
      tabs.begin(sessionId);
      // The page may have been hidden before it had a session, or before this module was loaded.
      if (globalThis.document?.hidden) {
        hide(false);
        return;
      }
      withdrawals.begin();
      if (outbox.batches.length) arm();
    },

    async call(path, body) {
      const { sessionId } = body as Batch;
      const answer = await parts.call(path, {
        ...withBehind(outbox, body as object),
        earlier: adoption.tokensBeside(sessionId),
      });
      answeredSession = sessionId;
      void replica.told((answer.body as BatchAnswer | undefined)?.epoch, session.listenerId());
      for (const arrived of (answer.body as BatchAnswer | undefined)?.earlier ?? [])
        adoption.arrived(arrived);
      return answer;
    },

    join(batch) {
      const limit = session.current()?.batchLimit ?? 0;
      for (const other of outbox.batches.filter(({ sessionId }) => sessionId === batch.sessionId)) {
        // The earlier batches are not known to have arrived either.
        other.probe = false;
        const count = outbox.count([batch]);
        const more = outbox.count([other]);
        const isNext = other.firstNumber === batch.firstNumber + count;
        if (!isNext || other.state !== "gathering" || count + more > limit) continue;
        batch.impressions.push(...other.impressions);
        // These impressions are sent for the first time.
        counts.resent -= more;
        outbox.replace(other);
      }
      void outbox.save(batch);
    },

    settle() {
      parting.settle(answeredSession);
      // Disarms the batches that have arrived.
      arm();
      adoption.settle();
    },
  };
}
