import type { Impression } from "../core/batch.js";
import { type Answer, ArtFreshError, type Call, type CallAs, isTransient } from "../core/call.js";
import type { Keep } from "../core/keep.js";
import type { Outbox } from "../core/outbox.js";
import type { Parted, Person } from "../core/person.js";
import type { Session } from "../core/session.js";
import type { Settings } from "../core/settings.js";
import { type Guest, openGuests } from "./guests.js";
import { subjectOf } from "./subjectOf.js";

/** The server's answer to a sign-in. */
interface Greeting {
  listenerId?: string;
  /** Stands for a guest where the cookie does not come along; missing for an account. */
  listenerToken?: string;
}

export interface PersonParts {
  settings: Settings;
  send: CallAs;
  session: Session;
  outbox: Outbox;
  keep(): Keep | undefined;
  /** By artwork, what this page showed to the listener. */
  shown: Map<number, Impression>;
  /** Those that this page did not show, as many as may be given back. */
  unspent(unshown: number[]): number[];
  /** Who wants to know when another listener comes. */
  partings: Set<Parted>;
}

/** The account of a guest who joined one elsewhere. */
const unknownAccount = "?";

export function createPerson(parts: PersonParts): Person {
  const { settings, send, session, outbox, keep, shown, partings } = parts;
  const { getToken, log, credentials } = settings;
  const guests = openGuests(settings);
  /** Of the last sign-in: the token that was sent, whose it is, and the answer. */
  let bearer: string | undefined;
  let subject: string | undefined;
  let greeting: Greeting = {};
  let isAccount = false;
  /** Number of refusals since the last session was opened. */
  let refusals = 0;
  /** By listener, what this page showed to those who have parted. */
  const shownBy = new Map<string, [number, Impression][]>();
  /** Who has parted while the next listener's session is not open yet. */
  let partedId: string | undefined;
  /** Whether the cookie does not come along. */
  let isCookieless = credentials === "omit";

  const ask = async (isRefused: boolean): Promise<string | undefined> => {
    try {
      return (await getToken?.(isRefused)) || undefined;
    } catch (error) {
      log("[SignIn] getToken failed", { error });
      throw new ArtFreshError({ status: 0, body: { detail: "getToken failed." } });
    }
  };

  const greet = async (token: string | undefined): Promise<Answer> => {
    const answer = await send(token, "/api/sign-in/guest", {});
    if ((answer.body as Greeting | undefined)?.listenerId) {
      bearer = token;
      greeting = answer.body as Greeting;
    }
    return answer;
  };

  /** Signs in as the account of the token; the second try has another token. */
  const greetAccount = async (token: string): Promise<Answer> => {
    const answer = await greet(token);
    if (answer.status !== 401) return answer;
    const other = await ask(true);
    if (!other || other === token) return answer;
    subject = subjectOf(other);
    return greet(other);
  };

  /** Becomes a new guest. */
  const renew = async (): Promise<Answer> => {
    if (!isCookieless) await send(undefined, "/api/sign-out", {});
    return greet(undefined);
  };

  /** Signs in as the guest that this browser is, unless that one belongs to an account. */
  const greetGuest = async (): Promise<Answer> => {
    const { own } = guests;
    isCookieless ||= !!own;
    let answer = await greet(own?.token);
    if (answer.status === 401 && own) {
      guests.remove(own);
      answer = await greet(undefined);
    }
    const taken = guests.find((answer.body as Greeting | undefined)?.listenerId);
    if (taken?.account) {
      // The cookie goes, so the token is all that can still join the guest.
      if (!taken.isJoined) guests.change(taken, { token: greeting.listenerToken });
      answer = await renew();
    }
    const { listenerId, listenerToken } = (answer.body ?? {}) as Greeting;
    if (!listenerId) return answer;
    const token = isCookieless ? listenerToken : undefined;
    const known = guests.find(listenerId);
    if (known) guests.change(known, { token });
    else guests.add({ listenerId, token });
    bearer = token;
    return answer;
  };

  /** Joins one guest. Resolves to the answer of a try that is to be repeated. */
  const join = async (guest: Guest): Promise<Answer | undefined> => {
    const body = guest.token ? { guest: guest.token } : {};
    const answer = await send(bearer, "/api/listeners/join", body);
    const { joined } = (answer.body ?? {}) as { joined?: string };
    if (joined) {
      guests.change(guest, { listenerId: joined, token: undefined, isJoined: true });
      log("[SignIn] a guest joined the account");
    } else if (isTransient(answer)) {
      log(`[SignIn] joining failed: ${answer.status || "no answer"}; retrying`);
      return answer;
    } else if (![404, 405].includes(answer.status)) {
      // No guest is there to join, or it is another account's.
      guests.change(guest, { token: undefined, isJoined: true });
      log(`[SignIn] no guest joined: ${answer.status} ${answer.code}`);
    }
    return undefined;
  };

  /** The account is served nothing before all guests of this browser have joined it. */
  const joinAll = async (account: string): Promise<Answer | undefined> => {
    for (const guest of guests.list) if (!guest.account) guests.change(guest, { account });
    // A cookie may be older than this record. One that is another account's is left to that one.
    if (!isCookieless && !guests.list.some(({ token }) => !token)) guests.add({ account });
    for (const guest of guests.list) {
      const failed = guest.account === account && !guest.isJoined && (await join(guest));
      if (failed) return failed;
    }
    return undefined;
  };

  const signIn = async (): Promise<Answer> => {
    const token = await ask(false);
    subject = subjectOf(token);
    isAccount = !!token;
    const answer = await (token ? greetAccount(token) : greetGuest());
    const { listenerId, listenerToken } = (answer.body ?? {}) as Greeting;
    if (!listenerId || listenerToken) return answer;
    return (token && (await joinAll(listenerId))) || answer;
  };

  const call: Call = async (...request) => {
    const answer = await send(bearer, ...request);
    if (answer.status !== 401 || !subject) return answer;
    const other = await ask(true).catch(() => undefined);
    // Another listener's token must not answer for this one: the next `ready` signs them in.
    if (!other || other === bearer || subjectOf(other) !== subject) return answer;
    bearer = other;
    return send(other, ...request);
  };

  const drop = (listenerId: string | undefined) => {
    const gone = outbox.batches.filter((batch) => batch.listenerId === listenerId);
    for (const batch of gone) outbox.replace(batch);
    if (gone.length) outbox.drop(outbox.count(gone), "their listener is forgotten");
  };

  return {
    call,

    async ready(open) {
      // Before the first session there is nobody to part with.
      if (session.current()) {
        const token = await ask(false);
        if (subjectOf(token) !== subject) await session.part();
        else if (token) bearer = token;
      }
      return open();
    },

    signIn: () => signIn().catch((error: ArtFreshError) => ({ status: error.status, body: error.body })),

    opened({ listenerId }) {
      refusals = 0;
      if (partedId) {
        // Not before: what comes on screen until now is the last listener's.
        shownBy.set(partedId, [...shown]);
        shown.clear();
        partedId = undefined;
      }
      const joined = guests.list.filter(({ account }) => account === listenerId);
      for (const id of [listenerId, ...joined.map((guest) => guest.listenerId)])
        for (const [artworkId, impression] of shownBy.get(id ?? "") ?? []) shown.set(artworkId, impression);
    },

    parted({ listenerId, sessionId, token }) {
      const unshown: number[] = [];
      for (const parted of partings) parted((artworkIds) => unshown.push(...artworkIds));
      const ending = { unshown: parts.unspent(unshown), token };
      partedId = listenerId;
      return send(undefined, `/api/sessions/${sessionId}/end`, ending);
    },

    async refused(answer) {
      refusals++;
      const { listenerId, listenerToken } = greeting;
      if (answer.code === "joined") {
        // A guest who has joined some account; this browser did not know.
        const guest = listenerId && (guests.find(listenerId) ?? guests.add({ listenerId }));
        if (guest && !guest.account) guests.change(guest, { account: unknownAccount, isJoined: true });
        return { ...answer, again: true };
      }
      if (answer.status !== 401) return answer;
      if (!isAccount && listenerToken && !isCookieless) {
        isCookieless = true;
        return { ...answer, again: true };
      }
      // An account's token has been refused twice already.
      if (!isAccount && refusals < 2) return { ...answer, again: true };
      const detail = isAccount
        ? "The server refused getToken's token twice. Its issuer and audience must be the server's (Jwt:Authority, Jwt:Audience), and its listener must not be erased."
        : "The server signed a guest in and refused them twice: the browser keeps no cookie of the server, and the server gives no listener token.";
      throw new ArtFreshError({ ...answer, body: { detail } });
    },

    async forget(listenerId, deliver) {
      // A page that asks for art as soon as it is told must be another guest's.
      for (const guest of guests.list)
        if (guest.listenerId === listenerId || guest.account === listenerId) guests.remove(guest);
      if (!deliver) drop(listenerId);
      // The page is told first, so that it shows no more of theirs.
      if (session.listenerId() === listenerId) await session.part();
      await deliver?.();
      drop(listenerId);
      await keep()?.forget(listenerId);
    },
  };
}
