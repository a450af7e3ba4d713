// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { createMessage } from "../src/screen/message.js";

it("a message is in the open dialog, because what is outside is behind it", () => {
  document.body.innerHTML = '<p id="message"></p><dialog id="room"></dialog>';
  const message = createMessage();
  message.say("On the wall.");
  expect(document.body.lastElementChild?.textContent).toBe("On the wall.");
  document.querySelector("dialog")?.setAttribute("open", "");
  message.say("In the room.");
  expect(document.querySelector("dialog")?.textContent).toBe("In the room.");
});
