/** What a plain guest's first page does not need: one request where it does. */
export { createOwn } from "./own.js";
export { createPerson } from "./person.js";
