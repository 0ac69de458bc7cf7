import type { YamlValue } from "../../text/yaml.ts";
import { groundOf, tools, type Watch } from "../watch.ts";

/** A store whose own numbers an exporter reads. */
export type Exported = {
  readonly resource: string;
  readonly kind: "postgres" | "redis";
  readonly host: string;
  /** The lag of a replica is known by the replica alone. */
  readonly replica?: true;
};

export function exportedOf({ environment }: Watch): readonly Exported[] {
  return Object.entries(environment.resources).flatMap(([resource, one]): readonly Exported[] => {
    const { kind } = one;
    if (kind !== "postgres" && kind !== "redis") return [];
    const exporter = { resource, kind, host: `${resource}-exporter` };
    const replicas = kind === "postgres" && environment.cloud !== "local" && (one.replicas ?? []).length > 0;
    return [exporter, ...(replicas ? [{ ...exporter, host: `${resource}-replica-exporter`, replica: true as const }] : [])];
  });
}

export function exporterJobs(watch: Watch): readonly YamlValue[] {
  const jobs = (["postgres", "redis"] as const).flatMap((kind) => {
    const found = exportedOf(watch).filter((one) => one.kind === kind);
    if (found.length === 0) return [];
    return [
      {
        job_name: kind,
        static_configs: found.map(({ resource, host, replica }) => ({
          targets: [`${host}:${tools[kind].port}`],
          labels: { resource, ...(replica ? { of: "replica" } : {}) },
        })),
      },
    ];
  });
  return [...jobs, ...pushed(watch)];
}

/** What ends before anybody could ask it says what it did: backups, and what was spent. */
function pushed(watch: Watch): readonly YamlValue[] {
  if (!needsPushes(watch)) return [];
  return [
    {
      job_name: "pushed",
      honor_labels: true,
      static_configs: [{ targets: [`pushgateway:${tools.pushgateway.port}`] }],
    },
  ];
}

export function needsPushes({ environment, rules }: Pick<Watch, "environment" | "rules">): boolean {
  const drawn = Object.values(environment.dashboards).flatMap(({ charts }) => charts.flatMap(({ shows }) => shows));
  return (
    rules.alerts.some(({ expr }) => /\b(backup|cost)_/.test(expr)) ||
    drawn.some(({ measure }) =>
      ["monthToDate", "dayToDate", "dailyBudget", "spend", "backupFailures", "backupAge"].includes(measure),
    ) ||
    (groundOf(environment) !== "cloud run" &&
      Object.values(environment.services).some(({ kind, metrics }) => kind === "cron" && metrics === undefined))
  );
}
