import { StrictMode, version } from "react";
import { createRoot } from "react-dom/client";
import { createStock } from "../src/art/stock.js";
import { type Client, createClient } from "../src/index.js";
import { useFreshArt, useImpression } from "../src/page/react.js";
import { createFakeServer, type FakeServer } from "../src/testing.js";

/** A page in StrictMode, for each React that it is bundled with. */
export interface StrictPage {
  react: string;
  server: FakeServer;
  client: Client;
  /** Ends the session, and gives back what was not shown. */
  end(): Promise<void>;
  /** Shows the gallery; returns a function that takes it off the page. */
  open(host: Element): () => void;
}

function Gallery({ client }: { client: Client }) {
  const { artwork, next } = useFreshArt(client, { count: 4 });
  useImpression(client, artwork?.id);
  return (
    <button type="button" onClick={next}>
      {artwork?.id ?? "none"}
    </button>
  );
}

export function createStrictPage(): StrictPage {
  const server = createFakeServer();
  const client = createClient({ fetch: server.fetch, storage: null, log: () => {} });
  return {
    react: version,
    server,
    client,
    end: () => createStock(client).end(),
    open(host) {
      const root = createRoot(host);
      root.render(
        <StrictMode>
          <Gallery client={client} />
        </StrictMode>,
      );
      return () => root.unmount();
    },
  };
}
