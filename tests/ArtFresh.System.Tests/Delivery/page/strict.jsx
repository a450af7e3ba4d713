// Bundled with each React.
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Gallery } from "./gallery.jsx";

createRoot(document.querySelector("main")).render(
  <StrictMode>
    <Gallery />
  </StrictMode>,
);
