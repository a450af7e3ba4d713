import type { Settings } from "../core/settings.js";

/** A guest that this browser was or is. */
export interface Guest {
  /** Undefined while only a cookie tells. */
  listenerId?: string | undefined;
  /** Listener token; undefined if the guest is the one of the cookie. */
  token?: string | undefined;
  /** Listener id of the account that the guest joins, once somebody has signed in. A guest of one account never joins another. */
  account?: string | undefined;
  isJoined?: boolean;
}

/** Outlives the page as far as the listener allows, so that a guest joins even if the page is left to sign in. */
const key = "artfresh:guests";
/** More than a person has at once: one joins with each sign-in. */
const guestsMax = 20;

export interface Guests {
  readonly list: readonly Guest[];
  /** The guest whose token is to be sent; undefined if there is none, or the cookie suffices. */
  readonly own: Guest | undefined;
  find(listenerId: string | undefined): Guest | undefined;
  add(guest: Guest): Guest;
  change(guest: Guest, news: Partial<Guest>): void;
  remove(guest: Guest | undefined): void;
}

export function openGuests({ storage }: Settings): Guests {
  let list: Guest[] = [];
  /** False while the list is in memory alone. */
  let isStored = true;

  /** Another tab may have changed it. */
  const read = () => {
    try {
      if (storage && isStored) list = JSON.parse(storage.getItem(key) ?? "[]");
    } catch {
      // Without storage, or with a damaged record, this page's own list goes on.
    }
    return list;
  };

  const write = (guests: Guest[]) => {
    list = guests.slice(-guestsMax);
    isStored = true;
    try {
      // Nothing is left of nobody.
      if (list.length) storage?.setItem(key, JSON.stringify(list));
      else storage?.removeItem(key);
    } catch {
      isStored = false;
      // The list is in memory, and joins from there.
    }
  };

  const same = (guest: Guest) => (other: Guest) =>
    other.listenerId === guest.listenerId && other.account === guest.account;

  return {
    get list() {
      return read();
    },
    get own() {
      return read().find(({ token, account }) => token && !account);
    },
    find: (listenerId) => read().find((guest) => listenerId && guest.listenerId === listenerId),
    add(guest) {
      write([...read(), guest]);
      return guest;
    },
    change(guest, news) {
      const isSame = same({ ...guest });
      Object.assign(guest, news);
      write(read().map((one) => (isSame(one) ? guest : one)));
    },
    remove(guest) {
      if (guest) write(read().filter((one) => !same(guest)(one)));
    },
  };
}
