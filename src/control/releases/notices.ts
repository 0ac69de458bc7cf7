import type { NoticeDraft, Run } from "../../delivery/machine.ts";
import type { Release } from "../../delivery/release.ts";
import { channelsOf } from "../../signals/rules/wanted.ts";
import type { RunNotice } from "../../store/runs.ts";
import type { Notice } from "../notices/notice.ts";
import type { Watch } from "../watching/watch.ts";

const severities = {
  started: "info",
  waiting: "warning",
  "rolled back": "critical",
  succeeded: "info",
  failed: "critical",
} as const;
const statuses = { started: "told", waiting: "told", "rolled back": "firing", succeeded: "resolved", failed: "firing" } as const;

/** What people hear of a run, through the channels that the strategy names. Nobody is woken for what goes well. */
export function addressed(watch: Pick<Watch, "of" | "channels">, run: Run, drafts: readonly NoticeDraft[]): readonly RunNotice[] {
  const environment = watch.of(run.environment)?.environment;
  if (environment === undefined || drafts.length === 0) return [];
  const to = channelsOf(environment.release?.notify ?? environment.notify ?? []);
  return drafts.flatMap((draft) =>
    to.flatMap((channel): RunNotice[] => {
      const kind = environment.channels[channel]?.kind;
      const status = statuses[draft.moment];
      if (kind === undefined || (kind === "pagerduty" && status === "told")) return [];
      // Of one environment there is one incident: a release that succeeds ends that of the one before it.
      const dedupKey = `${run.product}/${run.environment}/${kind === "pagerduty" ? "release" : run.id}`;
      const body: Notice = {
        schemaVersion: 1,
        product: run.product,
        environment: run.environment,
        kind: "release",
        status,
        moment: draft.moment.replace(" ", "-"),
        dedupKey,
        title: draft.title,
        text: draft.text,
        severity: severities[draft.moment],
        since: new Date(run.startedAtMs).toISOString(),
        ...(draft.asks === undefined ? {} : { asks: { run: run.id, ...draft.asks } }),
        labels: { release: run.id, ...versionsOf(run) },
      };
      return [{ channel, dedupKey, once: `${run.id}/${draft.once}`, body, kept: !watch.channels.isOpen(environment, channel) }];
    }),
  );
}

function versionsOf(run: Run): Readonly<Record<string, string>> {
  if (run.kind !== "release") return {};
  return Object.fromEntries((run as Release).changes.map(({ service, version }) => [service, version]));
}
