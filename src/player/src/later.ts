/** Commands whose code is loaded at the first use: most visits need none of it. */
export function later<T extends Readonly<Record<keyof T, () => void>>>(
  names: readonly (keyof T)[],
  load: () => Promise<T>,
  say: (text: string) => void,
): T {
  let loading: Promise<T> | undefined;
  const loaded = (): Promise<T> => {
    loading ??= load().catch((error) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
  const run = (name: keyof T) => (): void =>
    void loaded().then(
      (commands) => commands[name](),
      () => say("That can't be opened without a connection."),
    );
  return Object.fromEntries(names.map((name) => [name, run(name)])) as T;
}
