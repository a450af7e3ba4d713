/** What the server sends to operators: see KpiSummary, ReleaseHealth and AuditEntry in /openapi/v1.json. */
export type Verdict = "pass" | "fail" | "doubt" | "inconclusive";

export type Source = "evidence" | "claim";

/** "multiple": of a reference, such as a burn rate. */
export type Unit = "share" | "count" | "ms" | "multiple";

export interface Figure {
  name: string;
  numerator: number;
  denominator: number;
  value: number | null;
  target: number;
  verdict: string;
  unit: Unit;
  /** How the value must compare to the target; "any": it is for information. */
  relation: "exactly" | "under" | "over" | "any";
  /** "evidence": the server observed it; "claim": clients reported it. */
  source: Source;
  /** Whether a fail breaks a promise. */
  isPromise: boolean;
}

export interface Day {
  day: string;
  observed: boolean;
  figures: Figure[];
}

export interface Summary {
  release: string | null;
  releases: string[];
  figures: Figure[];
  days: Day[];
}

export interface Trigger {
  name: string;
  verdict: string;
  value: number | null;
  threshold: number;
  samples: number;
  windowMinutes: number;
  source: Source;
  unit: Unit;
}

export interface Health {
  release: string;
  firstSeenAt: string;
  lastSeenAt: string;
  verdict: string;
  delivery: string;
  triggers: Trigger[];
  failedAt: string | null;
  evidence: string | null;
  action: string | null;
  recoveredAt: string | null;
}

export interface AuditRow {
  id: number;
  at: string;
  actor: string;
  what: string;
  release: string | null;
  detail: string;
}

/** The whole state of the page. */
export interface State {
  kpis: Summary;
  releases: Health[];
  audit: AuditRow[];
}

/** The answers of one minute of one server. */
export interface PulseMinute {
  at: string;
  requests: number;
  refused: number;
  limited: number;
  turnedAway: number;
  errors: number;
}

/** What is wrong at the moment. */
export interface Trouble {
  name: string;
  since: string;
  share: number;
  /** "claim": one stranger's requests are enough for it. */
  source: Source;
}

/** What the server that answers does at the moment: see PulseBody in /openapi/v1.json. */
export interface Pulse {
  startedAt: string;
  minutes: PulseMinute[];
  requestsASecond: number;
  problemsASecond: number;
  commitMs: number | null;
  sessions: number | null;
  troubles: Trouble[];
}

/** A picture that waits until an operator has looked at it. */
export interface Held {
  id: number;
  imageUrl: string;
  heldAt: string;
  generator: string;
  title: string;
  author?: string;
  licence?: string;
  source?: string;
  collection?: string;
  prompt?: string;
}

export interface HeldPage {
  pictures: Held[];
  waiting: number;
}

/** Whose claims are struck: a listener's, or a network's by its address today or its hash on a day. */
export interface Strike {
  listener?: string;
  network?: string;
  day?: string;
  lift: boolean;
  reason: string;
}

export interface Struck {
  listeners: number;
  network: number | null;
  day: string | null;
  note?: string | null;
}
