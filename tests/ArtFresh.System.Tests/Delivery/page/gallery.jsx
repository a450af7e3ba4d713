// The README's component on four pictures, mounted anew every 5 s.
import { createClient } from "artfresh";
import { useFreshArt, useImpression } from "artfresh/react";
import { createStock } from "artfresh/stock";
import { useEffect, useState } from "react";

const { search } = globalThis.location ?? {};
const client = createClient({ log: () => {}, release: new URLSearchParams(search).get("release") });

function Picture() {
  const { artwork, next } = useFreshArt(client, { valence: 0.8, energy: 0.3 });
  const ref = useImpression(client, artwork?.id);
  useEffect(() => {
    const timer = setTimeout(next, 1500);
    return () => clearTimeout(timer);
  }, [artwork]);
  return artwork ? <img ref={ref} src={artwork.imageUrl} alt="" width="240" height="240" /> : null;
}

export function Gallery() {
  const [visit, setVisit] = useState(0);
  const [isStopped, setIsStopped] = useState(false);
  useEffect(() => {
    const timer = setTimeout(setVisit, 5000, visit + 1);
    return () => clearTimeout(timer);
  }, [visit]);
  useEffect(() => {
    // Not the bundler's: its address is the page's.
    const watching = import(/* webpackIgnore: true */ /* turbopackIgnore: true */ "/delivery-test/gallery.js");
    watching.then(({ watch }) =>
      watch(
        client,
        () => setIsStopped(true),
        () => createStock(client).end(),
      ),
    );
  }, []);
  return isStopped ? null : [1, 2, 3, 4].map((place) => <Picture key={`${visit} ${place}`} />);
}
