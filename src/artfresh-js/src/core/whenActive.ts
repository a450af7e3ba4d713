/** Resolves at once, or, in a prerendered page, when a person opens it. */
export async function whenActive(): Promise<void> {
  const page = globalThis.document as (Document & { prerendering?: boolean }) | undefined;
  if (page?.prerendering)
    await new Promise((resolve) => page.addEventListener("prerenderingchange", resolve, { once: true }));
}
