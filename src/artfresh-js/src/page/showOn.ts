import { type Client, createClient } from "../client.js";
import type { Showing, ShowOptions } from "./showOptions.js";

let pageClient: Client | undefined;
const ownClient = () => {
  pageClient ??= createClient();
  return pageClient;
};

/**
 * Shows fresh art on a picture, and records each artwork when it has been seen. The first comes as soon as the picture is in view. Art changes
 * only while the picture is in view and the page is visible, and not before the current artwork has been seen.
 */
export function showOn(picture: HTMLImageElement, options: ShowOptions = {}): Showing {
  const client = options.client ?? ownClient();
  // The page goes on meanwhile.
  const loading = import("./showing.js").then(({ show }) => show(picture, client, options));
  loading.catch((error) => options.failed?.(error));
  return {
    next: async () => (await loading).next(),
    stop: () => void loading.then(({ stop }) => stop()),
  };
}
