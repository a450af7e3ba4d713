/** What the journal holds, of all pages, and the client in memory: read past the library. */
export const undelivered = (client) =>
  new Promise((resolve) => {
    const opening = indexedDB.open("artfresh");
    opening.onsuccess = () => {
      const counting = opening.result.transaction("batch").objectStore("batch").count();
      counting.onsuccess = () => resolve(counting.result + client.stats.unsent);
      opening.result.close();
    };
  });
