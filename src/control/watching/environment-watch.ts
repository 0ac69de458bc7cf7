import { type AlertState, noAlerts } from "../../signals/alerts/alert-state.ts";
import { advanceAlerts } from "../../signals/alerts/advance.ts";
import { type Desk, type Notice as Wanted, emptyDesk } from "../../signals/alerts/desk.ts";
import { type Telling, acknowledge, advanceNotices } from "../../signals/alerts/notices.ts";
import type { Silence } from "../../signals/alerts/silence.ts";
import type { Ruleset } from "../../signals/rules/ruleset.ts";
import type { Environment } from "../../spec/environment.ts";
import type { NewNotice } from "../../store/notices.ts";
import type { Store } from "../../store/store.ts";
import type { Address } from "../notices/notice.ts";
import { type Channels } from "./channels.ts";
import type { Measurements } from "./measurements.ts";
import { createRuleLoop } from "./rule-loop.ts";
import type { Signals } from "./signals.ts";
import { outboxOf } from "./told.ts";

export type Kept = { readonly schemaVersion: 1; readonly alerts: AlertState; readonly desk: Desk };

export type EnvironmentWatch = {
  readonly key: string;
  readonly environment: Environment;
  readonly rules: Ruleset;
  readonly measurements: Measurements;
  readonly signals: Signals;
  readonly telling: Telling;
  readonly speed: number;
  state(): Kept;
  /** Evaluates what is due, and writes down what changed. Rounds do not overtake each other. */
  round(atMs: number): Promise<void>;
  silence(silence: Silence): Promise<void>;
  /** False when there is none of this id. */
  unsilence(id: string): Promise<boolean>;
  /** False when nothing fires under this fingerprint. */
  acknowledge(fingerprint: string, by: string, nowMs: number): Promise<boolean>;
};

type Parts = {
  readonly key: string;
  readonly environment: Environment;
  /** As they hold here: divided by the speed. */
  readonly rules: Ruleset;
  readonly speed: number;
  readonly kept: Kept | undefined;
  readonly measurements: Measurements;
  readonly signals: Signals;
  readonly store: Pick<Store, "notices" | "addEvent">;
  readonly channels: Channels;
  readonly wake: () => void;
};

const nothingKept: Kept = { schemaVersion: 1, alerts: noAlerts, desk: emptyDesk };
const groupMs = 60_000;
const repeatMs = 4 * 3_600_000;
/** How long what changes with every look may be unwritten. */
const writeEveryMs = 30_000;

export function createEnvironmentWatch(parts: Parts): EnvironmentWatch {
  const { key, environment, rules, speed, measurements, signals, store, channels } = parts;
  const { product } = environment;
  const loop = createRuleLoop(rules, signals, (labels, atMs, value) => measurements.append(labels, atMs, value));
  const telling: Telling = {
    product,
    environment: key,
    rules: new Map(rules.alerts.map((rule) => [rule.id, rule])),
    groupMs: groupMs / speed,
    repeatMs: repeatMs / speed,
  };
  let { alerts, desk } = parts.kept ?? nothingKept;
  let writtenMs = -Infinity;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work, work);
    last = mine.catch(() => {});
    return mine;
  };

  const toOutbox = (notices: readonly Wanted[]): readonly NewNotice[] =>
    notices.flatMap((one) => outboxOf(one, kindOf(environment, one.channel), channels.isOpen(environment, one.channel)));

  /** What is new holds only once it is written. */
  const write = async (next: { alerts: AlertState; desk: Desk }, notices: readonly Wanted[], nowMs: number): Promise<void> => {
    await store.notices.putAlerts(product, key, { schemaVersion: 1, ...next } satisfies Kept, toOutbox(notices));
    ({ alerts, desk } = next);
    writtenMs = nowMs;
    if (notices.length > 0) parts.wake();
  };

  return {
    key,
    environment,
    rules,
    measurements,
    signals,
    telling,
    speed,
    state: () => ({ schemaVersion: 1, alerts, desk }),
    round: (atMs) =>
      inTurn(async () => {
        const results = await loop.round(atMs);
        const advanced = advanceAlerts(alerts, results, atMs, { rules: rules.alerts.map(({ id }) => id) });
        const told = advanceNotices(desk, advanced.state, atMs, telling);
        const changed = advanced.transitions.length > 0 || told.notices.length > 0;
        if (!changed && atMs - writtenMs < writeEveryMs && atMs >= writtenMs) {
          alerts = advanced.state;
          ({ desk } = told);
          return;
        }
        await write({ alerts: advanced.state, desk: told.desk }, told.notices, atMs);
        for (const one of advanced.transitions)
          if (one.kind === "firing" || one.kind === "resolved")
            await store.addEvent({
              product,
              environment: key,
              kind: `alert.${one.kind}`,
              actor: "gantry",
              subject: telling.rules.get(one.alert.rule)?.name ?? one.alert.rule,
              data: { labels: one.alert.labels, value: String(one.alert.value), severity: one.alert.severity },
            });
      }),
    silence: (silence) =>
      inTurn(() => write({ alerts, desk: { ...desk, silences: { ...desk.silences, [silence.id]: silence } } }, [], Date.now())),
    unsilence: (id) =>
      inTurn(async () => {
        const found = Object.keys(desk.silences).filter((one) => one.startsWith(id));
        if (found.length !== 1) return false;
        const silences = Object.fromEntries(Object.entries(desk.silences).filter(([one]) => one !== found[0]));
        await write({ alerts, desk: { ...desk, silences } }, [], Date.now());
        return true;
      }),
    acknowledge: (fingerprint, by, nowMs) =>
      inTurn(async () => {
        const found = Object.keys(alerts.alerts).filter((one) => one.startsWith(fingerprint));
        const [only] = found;
        const done =
          only === undefined || found.length > 1
            ? undefined
            : acknowledge(desk, alerts, { fingerprint: only, by, nowMs }, telling);
        if (done === undefined) return false;
        await write({ alerts, desk: done.desk }, done.notices, nowMs);
        return true;
      }),
  };
}

export function kindOf({ channels }: Environment, channel: string): Address["kind"] {
  return channels[channel]?.kind ?? "webhook";
}
