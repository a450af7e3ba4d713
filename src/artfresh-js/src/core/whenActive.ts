/** Resolves when the page is one that a person asked for: at once, but for one that the browser renders ahead of a click. */
export async function whenActive(): Promise<void> {
  const page = globalThis.document as (Document & { prerendering?: boolean }) | undefined;
  if (page?.prerendering)
    await new Promise((resolve) => page.addEventListener("prerenderingchange", resolve, { once: true }));
}
