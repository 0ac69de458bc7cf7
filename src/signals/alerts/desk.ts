import type { Labels } from "../series.ts";
import type { Severity } from "../rules/ruleset.ts";
import type { Silence } from "./silence.ts";

/** Somebody has an alert in hand. It dies with the alert. */
export type Acknowledgement = {
  readonly by: string;
  readonly atMs: number;
  readonly episode: number;
};

/** What a channel was last told of an alert. */
export type Told = {
  readonly episode: number;
  readonly toldMs: number;
  /** As it was told, for a resolve that comes when the alert itself is forgotten. */
  readonly alert: NoticeAlert;
  readonly group: string;
};

/** Who was told what, and who wants to hear nothing: plain data, kept beside the alerts. */
export type Desk = {
  readonly schemaVersion: 1;
  readonly silences: Readonly<Record<string, Silence>>;
  /** By fingerprint. */
  readonly acknowledged: Readonly<Record<string, Acknowledgement>>;
  /** By channel, by fingerprint. */
  readonly told: Readonly<Record<string, Readonly<Record<string, Told>>>>;
  /** When a group was last told of, by channel and group. */
  readonly groups: Readonly<Record<string, number>>;
};

export const emptyDesk: Desk = { schemaVersion: 1, silences: {}, acknowledged: {}, told: {}, groups: {} };

export type NoticeAlert = {
  readonly fingerprint: string;
  /** One incident wherever it is told: stays the same from its firing to its end, and over restarts. At most 255 characters. */
  readonly dedupKey: string;
  readonly rule: string;
  readonly name: string;
  readonly severity: Severity;
  readonly labels: Labels;
  readonly value: number;
  readonly summary: string;
  readonly firedMs: number;
  readonly resolvedMs?: number;
  readonly owner?: string;
  readonly runbook?: string;
};

/** Something to be said to a channel, as data: whoever sends it needs nothing else. */
export type Notice = {
  /** The same notice has the same id, however often it is worked out. */
  readonly id: string;
  readonly channel: string;
  readonly status: "firing" | "resolved" | "acknowledged";
  /** Said before; still so. */
  readonly again: boolean;
  readonly atMs: number;
  readonly group: { readonly key: string; readonly alert: string; readonly product: string; readonly environment: string };
  /** The highest of its alerts. */
  readonly severity: Severity;
  readonly alerts: readonly NoticeAlert[];
  /** How many more of the group fire that were told of before. */
  readonly others: number;
  readonly by?: string;
};
