import { mark } from "./element.js";

/** Calls `take` with files that are dropped anywhere on the page. */
export function whenDropped(take: (files: FileList) => void): void {
  const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
  // dragleave fires for each crossed element; only the last one leaves the page.
  let depth = 0;
  addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    depth++;
    mark("dropping", true);
  });
  addEventListener("dragleave", (event) => {
    if (!carriesFiles(event)) return;
    depth = Math.max(0, depth - 1);
    if (depth === 0) mark("dropping", false);
  });
  addEventListener("dragover", (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    mark("dropping", false);
    if (event.dataTransfer) take(event.dataTransfer.files);
  });
}
