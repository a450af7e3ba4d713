/** What a page sent as it ended is under way: sooner than this nobody can tell whether it arrived. */
export const graceMs = 5000;

/** How long to wait for this page's next batch, which asks along what arrived, before probing. */
export const patienceMs = 10_000;
