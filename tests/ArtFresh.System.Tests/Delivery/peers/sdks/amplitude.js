import * as amplitude from "@amplitude/analytics-browser";

amplitude.init("key", {
  serverUrl: `${location.origin}/api/amplitude`,
  autocapture: false,
  remoteConfig: { fetchRemoteConfig: false },
});

export const track = (mark) => void amplitude.track("shown", { mark });
