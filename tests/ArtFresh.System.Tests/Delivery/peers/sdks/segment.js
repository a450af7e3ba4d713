import { AnalyticsBrowser } from "@segment/analytics-next";

const analytics = AnalyticsBrowser.load(
  { writeKey: "key", cdnSettings: { integrations: { "Segment.io": { apiKey: "key" } } } },
  {
    integrations: {
      "Segment.io": {
        apiHost: `${location.host}/api/segment`,
        protocol: "http",
        deliveryStrategy: { strategy: "standard" },
      },
    },
  },
);

export const track = (mark) => void analytics.track("shown", { mark });
