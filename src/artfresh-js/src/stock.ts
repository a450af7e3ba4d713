// For pages that show art by themselves. Apart from the index, because some bundlers load at first whatever that names.
export { type DrawGenome, improvise } from "./art/improvise.js";
export { createStock, type Stock, type StockOptions } from "./art/stock.js";
export { type SeenOptions, whenSeen } from "./page/whenSeen.js";
