export { ArtFreshError } from "./call.js";
export { type Client, createClient, type ImpressionOptions } from "./client.js";
export type { FreshOptions } from "./fresh.js";
export { type DrawGenome, improvise } from "./improvise.js";
export type { ClientOptions, Log } from "./settings.js";
export type { Stats } from "./stats.js";
export { createStock, type Stock, type StockOptions } from "./stock.js";
export { type SeenOptions, whenSeen } from "./whenSeen.js";
export type {
  Artwork,
  DeliveryMode,
  GenomeSeeds,
  JournalKind,
  Mood,
  Reason,
  SessionInfo,
  Transport,
} from "./wire.js";
