export { type DrawGenome, improvise } from "./art/improvise.js";
export { createStock, type Stock, type StockOptions } from "./art/stock.js";
export {
  type Client,
  createClient,
  type ImpressionOptions,
} from "./client.js";
export { ArtFreshError } from "./core/call.js";
export type { FreshOptions } from "./core/fresh.js";
export type { PageOptions } from "./core/own.js";
export type { Parted } from "./core/person.js";
export type { ClientOptions, Consent, Log } from "./core/settings.js";
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
export { type SeenOptions, whenSeen } from "./page/whenSeen.js";
