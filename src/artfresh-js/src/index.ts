export { ArtFreshError } from "./call.js";
export { type Client, type ClientOptions, createClient } from "./client.js";
export type { FreshOptions } from "./fresh.js";
export type { Log } from "./log.js";
export type { Stats } from "./stats.js";
export type { Artwork, DeliveryMode, Mood, Reason, SessionInfo, Transport } from "./wire.js";
