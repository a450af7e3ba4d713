namespace ArtFresh.SystemTests;

/// <summary>
/// What the oldest browsers of the floor (<c>browserslist</c> in <c>src/package.json</c>) lack, taken away before a page runs. Nothing of it has another way in the
/// product, so that every test with a browser runs without it. The SDKs that the delivery table compares keep all of it.
/// </summary>
internal static class OlderEngine
{
    public const string Script = """
        if (!/[?&]sdk=/.test(location.search)) {
        for (const [owner, ...names] of [
          [Array.prototype, "at", "findLast", "findLastIndex", "toSorted", "toReversed", "toSpliced", "with"],
          [String.prototype, "at", "isWellFormed"], [Object.getPrototypeOf(Int8Array.prototype), "at", "findLast", "findLastIndex", "toSorted"],
          [Object, "hasOwn", "groupBy"], [Map, "groupBy"], [Array, "fromAsync"], [Promise, "withResolvers", "try"],
          [Element.prototype, "checkVisibility", "setHTMLUnsafe"], [AbortSignal, "timeout", "any", "abort"],
          [AbortSignal.prototype, "throwIfAborted"], [Crypto.prototype, "randomUUID"], [URL, "canParse", "parse"], [Response, "json"],
          [globalThis, "structuredClone", "scheduler", "reportError", "Iterator"], [Set.prototype, "union", "difference", "intersection", "isSubsetOf"],
        ])
          for (const name of names) delete owner[name];
        for (const name of ["map", "filter", "toArray", "some", "find", "flatMap", "forEach", "take"])
          delete Object.getPrototypeOf(Object.getPrototypeOf([].values()))[name];
        const add = EventTarget.prototype.addEventListener;
        // Ignored before Chrome 90.
        EventTarget.prototype.addEventListener = function (type, listener, options) {
          return add.call(this, type, listener, typeof options === "object" && options ? { ...options, signal: undefined } : options);
        };
        }
        """;
}
