export {
  type Client,
  createClient,
  type ImpressionOptions,
} from "./client.js";
export { ArtFreshError } from "./core/call.js";
export type { ClientEvents } from "./core/events.js";
export type { FreshOptions } from "./core/fresh.js";
export type { PageOptions } from "./core/own.js";
export type { Parted } from "./core/person.js";
export type { ClientOptions, Consent, Log, OutgoingBatch } from "./core/settings.js";
export type { Stats } from "./core/stats.js";
export type {
  Artwork,
  DeliveryMode,
  GenomeSeeds,
  JournalKind,
  Mood,
  OwnArtwork,
  OwnArtworks,
  Reason,
  SessionInfo,
  Transport,
} from "./core/wire.js";
export { showOn } from "./page/showOn.js";
export type { Showing, ShowOptions } from "./page/showOptions.js";
export type { SeenOptions } from "./page/whenSeen.js";
