/**
 * A random UUID (version 4, RFC 9562). `crypto.randomUUID` is not available on plain-http pages, such as a television shows from a
 * server at home. The two free bits of the variant digit are zero.
 */
export const uuid = (): string =>
  "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replace(/x/g, () =>
    ((crypto.getRandomValues(new Uint8Array(1))[0] as number) & 15).toString(16),
  );
