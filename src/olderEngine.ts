// Takes away what the oldest browsers of `browserslist` lack, for the code under test alone: tests and their tools go on using it.
const lacking: [owner: object, ...names: string[]][] = [
  [Array.prototype, "at", "findLast", "findLastIndex", "toSorted", "toReversed", "toSpliced", "with"],
  [String.prototype, "at", "isWellFormed"],
  [Object.getPrototypeOf(Int8Array.prototype), "at", "findLast", "findLastIndex", "toSorted"],
  [Object, "hasOwn", "groupBy"],
  [Array, "fromAsync"],
  [Promise, "withResolvers", "try"],
  [AbortSignal, "timeout", "any", "abort"],
  [AbortSignal.prototype, "throwIfAborted"],
  [URL, "canParse", "parse"],
  [Response, "json"],
  [globalThis, "structuredClone"],
];

const isOfProduct = () => {
  const [, , , caller = ""] = new Error().stack?.split("\n") ?? [];
  return /\/(artfresh-js|player)\/src\//.test(caller);
};

for (const [owner, ...names] of lacking)
  for (const name of names) {
    const known = Object.getOwnPropertyDescriptor(owner, name);
    if (!known) continue;
    Object.defineProperty(owner, name, {
      configurable: true,
      get(this: object) {
        return isOfProduct() ? undefined : known.get ? known.get.call(this) : known.value;
      },
      set(value) {
        Object.defineProperty(this, name, { value, configurable: true, writable: true });
      },
    });
  }
