/** A page of what the listener was shown or keeps. */
export interface PageOptions {
  /** `next` of the page before; left out for the first page. */
  before?: string | null | undefined;
  /** 1 to 100; 50 by default. */
  limit?: number | undefined;
}
