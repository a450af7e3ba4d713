import { newTracker, trackStructEvent } from "@snowplow/browser-tracker";

newTracker("sp", location.origin, { appId: "peer", postPath: "/api/snowplow", bufferSize: 1, encodeBase64: false });

export const track = (mark) => trackStructEvent({ category: "art", action: "shown", label: mark });
