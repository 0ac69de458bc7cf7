// What the server tells of measurements, alerts, promises and those who are told. Times are milliseconds since 1970 unless they are text.

export type Labels = Readonly<Record<string, string>>;
export type SeriesView = { readonly labels: Labels; readonly points: readonly (readonly [ms: number, value: number])[] };

/** An expression as it was read, and what came out of it. Numbers that JSON lacks are text: "NaN", "+Inf", "-Inf". */
export type QueryView = {
  readonly expr: string;
  readonly kind: "scalar" | "vector" | "matrix" | "string";
  readonly series: readonly {
    readonly labels: Labels;
    readonly points: readonly (readonly [ms: number, value: number | string])[];
  }[];
  readonly text?: string;
  /** Who answered: what is kept here, or a Prometheus. */
  readonly by: string;
};

export type AlertInstanceView = {
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly state: "pending" | "firing";
  readonly since: string;
  readonly value: number | string;
  readonly silencedBy?: string;
  readonly inhibitedBy?: string;
  readonly acknowledgedBy?: string;
};

export type AlertView = {
  readonly environment: string;
  readonly name: string;
  readonly id: string;
  readonly severity: string;
  readonly state: "inactive" | "pending" | "firing" | "unknown";
  readonly expr: string;
  /** As they are waited for here: divided by the speed. */
  readonly forMs: number;
  readonly keepFiringMs: number;
  readonly to: readonly string[];
  readonly owner?: string;
  readonly runbook?: string;
  readonly instances: readonly AlertInstanceView[];
  /** Why it could not be told. */
  readonly problem?: string;
  readonly lookedAt?: string;
};

export type SloView = {
  readonly environment: string;
  readonly name: string;
  readonly target: number;
  readonly windowMs: number;
  /** Of everything that was asked in the window; nothing where nothing was asked. */
  readonly good?: number;
  readonly total: number;
  readonly bad: number;
  /** 1: nothing is used; 0: all is; below: more than all. */
  readonly budgetLeft?: number;
  readonly burn: readonly { readonly windowMs: number; readonly rate?: number }[];
  /** At the rate of the last hour. */
  readonly exhaustedInMs?: number;
  /** Since when there are samples, when that is not the whole window. */
  readonly sinceMs?: number;
};

export type SilenceView = {
  readonly id: string;
  readonly environment: string;
  readonly matchers: readonly string[];
  readonly reason: string;
  readonly author: string;
  /** "until 2026-11-21 12:00 UTC", "Tuesdays 02:00 to 03:00 UTC". */
  readonly when: string;
  readonly active: boolean;
};

export type NoticeView = {
  readonly id: string;
  readonly environment: string;
  readonly channel: string;
  readonly status: string;
  readonly title: string;
  readonly state: "waiting" | "sent" | "failed" | "kept";
  readonly attempts: number;
  readonly problem?: string;
  readonly createdAt: string;
  readonly endedAt?: string;
};

export type PanelView = {
  readonly title: string;
  readonly as: "line" | "bar" | "number" | "table";
  readonly unit?: string;
  readonly shows: readonly { readonly expr: string; readonly series: readonly SeriesView[]; readonly problem?: string }[];
};

export type DashboardView = { readonly environment: string; readonly name: string; readonly panels: readonly PanelView[] };

/** What is kept, and what is not. */
export type TelemetryView = {
  readonly series: number;
  readonly samples: number;
  readonly bytes: number;
  readonly retentionMs: number;
  readonly dropped: Readonly<Record<string, number>>;
  /** What could not be measured or was lost. */
  readonly problems: readonly string[];
  /** Rules of the spec that nothing here can tell. */
  readonly notWatched: readonly { readonly name: string; readonly reason: string }[];
};

/** What the spec's exclusions saved of an environment's log lines. */
export type SavedLinesView = {
  readonly environment: string;
  /** Since when it is counted. */
  readonly since?: string;
  readonly services: readonly {
    readonly service: string;
    /** Whose lines: the gateway's, one for each request, or those that the service prints. */
    readonly by: "gateway" | "service";
    readonly written: number;
    readonly leftOut: number;
  }[];
  readonly written: number;
  readonly leftOut: number;
  /** Of all there would have been; nothing where there was none. */
  readonly savedShare?: number;
  /** What the spec says that they should save. */
  readonly expectedShare?: number;
};

export type SpanView = {
  readonly service: string;
  readonly name: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly failed: boolean;
  readonly message: string;
};

/** What services sent of a trace beside what they printed, and the gateway's own part of it. */
export type TraceView = {
  readonly spans: readonly SpanView[];
  readonly sent: readonly { readonly timeMs: number; readonly service: string; readonly level: string; readonly body: string }[];
};
