/** Time that the last requests of an ended page may take to arrive. */
export const graceMs = 5000;

/** How long to wait for this page's next batch, which asks how much has arrived, before probing. */
export const patienceMs = 10_000;
