import posthog from "posthog-js";

posthog.init("key", {
  api_host: `${location.origin}/api/posthog`,
  // What is not about delivery: features that would load scripts, and a filter that takes a headless browser for a robot.
  advanced_disable_flags: true,
  disable_external_dependency_loading: true,
  autocapture: false,
  capture_pageview: false,
  capture_pageleave: false,
  disable_session_recording: true,
  opt_out_useragent_filter: true,
  // The proxy reads what is sent.
  disable_compression: true,
});

export const track = (mark) => void posthog.capture("shown", { mark });
