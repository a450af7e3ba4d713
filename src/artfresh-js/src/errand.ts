/** A request that a page leaves behind, and what of the journal its answer covers. */
export interface Errand {
  url: string;
  body: object;
  batchId: string;
  /** Of the batch's last impression. */
  lastNumber: number;
}

/** So long a page that was left is waited for; shorter than other pages wait with what it wrote. */
export const holdMs = 4000;
