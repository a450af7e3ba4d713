/** A Storage of its own, as in a browser's profile. */
export class MemoryStorage implements Storage {
  [name: string]: unknown;
  get length(): number {
    return Object.keys(this).length;
  }
  key(index: number): string | null {
    return Object.keys(this)[index] ?? null;
  }
  getItem(key: string): string | null {
    return (this[key] as string | undefined) ?? null;
  }
  setItem(key: string, value: string): void {
    this[key] = String(value);
  }
  removeItem(key: string): void {
    delete this[key];
  }
  clear(): void {
    for (const key of Object.keys(this)) delete this[key];
  }
}

/** Web Locks of one origin: as many pages as there are clients share it. Who waits is served in order. */
export class Locks {
  private readonly queues = new Map<string, (() => void)[]>();
  async request(
    name: string,
    ...[options, use]: [{ signal?: AbortSignal }, () => unknown] | [() => unknown]
  ): Promise<unknown> {
    const { signal } = typeof options === "function" ? {} : options;
    const run = typeof options === "function" ? options : use;
    const queue = this.queues.get(name) ?? [];
    this.queues.set(name, queue);
    const turn = new Promise<void>((resolve, reject) => {
      queue.push(resolve);
      signal?.addEventListener("abort", () => {
        if (queue.indexOf(resolve) > 0) queue.splice(queue.indexOf(resolve), 1);
        reject(new DOMException("aborted", "AbortError"));
      });
    });
    if (queue.length === 1) queue[0]?.();
    await turn;
    try {
      return await run?.();
    } finally {
      queue.shift();
      queue[0]?.();
    }
  }
}

/** Broadcast channels of one origin. */
export function channels() {
  const open = new Set<Channel>();
  class Channel {
    onmessage: ((event: { data: unknown }) => void) | undefined;
    constructor(readonly name: string) {
      open.add(this);
    }
    postMessage(data: unknown) {
      for (const other of open) if (other !== this && other.name === this.name) other.onmessage?.({ data });
    }
    close() {
      open.delete(this);
    }
  }
  return Channel;
}
