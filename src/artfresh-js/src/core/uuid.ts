/**
 * A random UUID (version 4, RFC 9562). `crypto.randomUUID` does not exist on plain-http pages, as a television shows them from a
 * server in the house. The variant's two free bits stay zero.
 */
export const uuid = (): string =>
  "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replace(/x/g, () =>
    ((crypto.getRandomValues(new Uint8Array(1))[0] as number) & 15).toString(16),
  );
