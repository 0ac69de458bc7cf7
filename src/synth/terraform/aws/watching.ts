import { durationMs, shareOf } from "../../../lib/quantities.ts";
import { refName } from "../../../spec/derive.ts";
import { type Value, expression, quoted, template } from "../../text/hcl.ts";
import { type Call, type Input, type Part, type Place, accountId, call, label, out, part, variable } from "./place.ts";
import { ownBuckets, ownOf } from "./resources.ts";

type Alert = Place["environment"]["alerts"][string];
type Measured = {
  readonly measure: string;
  readonly of: string;
  readonly above: boolean;
  readonly value: string | number;
  readonly over?: string | undefined;
  readonly forMs: number;
  readonly quantile?: number | undefined;
  readonly least?: number | undefined;
};
type Alarm = { readonly metric: Readonly<Record<string, Value>> } | { readonly ratio: Readonly<Record<string, Value>> };

/** Who is told, and the alarms on what CloudWatch itself measures. The other alerts are for whoever scrapes the services. */
export function watching(place: Place): Part {
  const { environment } = place;
  const alarms = Object.entries(environment.alerts).flatMap(([name, alert]) => {
    const alarm = alarmOf(place, name, alert);
    return alarm === undefined ? [] : [[name, alarm] as const];
  });
  const metric = alarms.flatMap(([name, one]) => ("metric" in one ? [[name, one.metric] as const] : []));
  const ratio = alarms.flatMap(([name, one]) => ("ratio" in one ? [[name, one.ratio] as const] : []));
  const emails = Object.values(environment.channels).flatMap(({ kind, address }) => (kind === "email" ? [address] : []));
  const calls: Call[] = [
    call(
      place,
      "monitoring",
      "monitoring",
      [
        { name: variable("name"), emails: variable("alarm_emails"), kms_key_arn: out("encryption", "key_arn") },
        metric.length === 0 ? {} : { alarms: Object.fromEntries(metric) as Value },
        ratio.length === 0 ? {} : { ratio_alarms: Object.fromEntries(ratio) as Value },
      ].filter((group) => Object.keys(group).length > 0),
    ),
  ];
  const inputs: Input[] = [
    { name: "alarm_emails", description: "Addresses that alarms are sent to.", type: "set(string)", value: emails },
  ];
  const monthly = monthlyBudget(place);
  if (monthly !== undefined) {
    const alertAt = environment.budget?.alertAt ?? environment.limits?.spend?.alertAt;
    calls.push(
      call(place, "budget", "budget", {
        name: variable("name"),
        monthly_usd: variable("monthly_budget_usd"),
        alert_percent: alertAt?.map((share) => Math.round(shareOf(share) * 100)).slice(0, 4),
        topic_arn: out("monitoring", "topic_arn"),
      }),
    );
    inputs.push({
      name: "monthly_budget_usd",
      description: "What a month may cost, in US dollars.",
      type: "number",
      value: monthly,
    });
  }
  return part("monitoring.tf", calls, {
    inputs,
    outputs: [
      { name: "alarm_topic_arn", description: "The topic that alarms are told to.", value: out("monitoring", "topic_arn") },
    ],
  });
}

export function monthlyBudget({ environment: { budget, limits } }: Place): number | undefined {
  return budget?.monthly ?? limits?.spend?.monthly;
}

/** Who called what, threats, and what strays from the rules; and the bucket that keeps the records. */
export function audit(place: Place): Part {
  const { audit: wanted, network } = place.environment;
  const buckets = ownBuckets(place);
  const writers = [
    ...(wanted?.calls === "cloudtrail" ? ["cloudtrail"] : []),
    ...(wanted?.compliance === "config" ? ["config"] : []),
    ...(network?.loadBalancer === "alb" || place.environment.hosts.length > 0 ? ["load-balancer"] : []),
    ...(buckets.length > 0 ? ["s3"] : []),
  ];
  if (writers.length === 0 && wanted?.threats === undefined) return part("audit.tf", []);
  const calls: Call[] = [
    call(
      place,
      "logs",
      "bucket",
      {
        name: template(variable("name"), "-logs-", accountId),
        account_id: accountId,
        archive: [{ days: 90, class: "GLACIER_IR" }],
        expire_days: 400,
        log_writers: writers,
        force_destroy: expression("!var.deletion_protection"),
      },
      { comment: "Load balancers and S3 write their logs with no key but S3's own." },
    ),
  ];
  if (wanted?.calls === "cloudtrail")
    calls.push(
      call(place, "cloudtrail", "cloudtrail", {
        name: variable("name"),
        bucket: out("logs", "name"),
        kms_key_arn: out("encryption", "key_arn"),
        data_buckets: buckets.length === 0 ? undefined : buckets.map(([name]) => out(label(name), "arn")),
      }),
    );
  if (wanted?.threats === "guardduty")
    calls.push(call(place, "guardduty", "guardduty", { name: variable("name"), topic_arn: out("monitoring", "topic_arn") }));
  if (wanted?.compliance === "config")
    calls.push(call(place, "config", "config", { name: variable("name"), bucket: out("logs", "name") }));
  return part("audit.tf", calls);
}

function alarmOf(place: Place, name: string, alert: Alert): Alarm | undefined {
  const measured = measuredBy(alert);
  if (measured === undefined) return undefined;
  const { environment } = place;
  const resource = refName({ ref: measured.of }, "resources");
  if (resource !== undefined) {
    const found = Object.hasOwn(environment.resources, resource) ? environment.resources[resource] : undefined;
    if (found === undefined || found.external === true) return undefined;
    if (found.kind === "postgres") return onPostgres(place, name, resource, measured);
    return found.kind === "redis" ? onRedis(name, resource, measured) : undefined;
  }
  const service = refName({ ref: measured.of }, "services");
  const balanced = environment.runs !== "eks" && environment.hosts.some((one) => one.service === service);
  return service !== undefined && balanced ? onService(name, service, measured) : undefined;
}

function measuredBy({ when }: Alert): Measured | undefined {
  const {
    kind,
    is,
    signal,
    value,
    for: lasting,
    minimumRequests,
  } = when as {
    readonly kind?: string;
    readonly is?: string;
    readonly value?: string | number;
    readonly for?: string;
    readonly minimumRequests?: number;
    readonly signal?: {
      readonly kind?: string;
      readonly measure?: string;
      readonly of?: { readonly ref?: string };
      readonly over?: string;
      readonly quantile?: number;
    };
  };
  const of = signal?.of?.ref;
  if (kind !== "condition" || (is !== "above" && is !== "below") || value === undefined) return undefined;
  if (signal?.measure === undefined || of === undefined) return undefined;
  return {
    measure: signal.measure,
    of,
    above: is === "above",
    value,
    over: signal.over,
    forMs: lasting === undefined ? 0 : durationMs(lasting),
    quantile: signal.quantile,
    least: minimumRequests,
  };
}

function percentOf(value: string | number): number {
  return typeof value === "number" ? value * 100 : Math.round(shareOf(value) * 10_000) / 100;
}

function secondsOf(value: string | number): number {
  return typeof value === "number" ? value : durationMs(value) / 1000;
}

function onPostgres(place: Place, name: string, resource: string, measured: Measured): Alarm | undefined {
  const id = label(resource);
  const alarm = (
    metric: string,
    threshold: Readonly<Record<string, Value>>,
    of: Readonly<Record<string, Value>> = { dimensions: { DBInstanceIdentifier: out(id, "identifier") } },
  ): Alarm => ({
    metric: {
      description: name,
      namespace: "AWS/RDS",
      metric,
      ...of,
      ...threshold,
      ...lasting(measured),
    },
  });
  if (!measured.above) return undefined;
  switch (measured.measure) {
    case "connectionsUsed":
      return alarm("DatabaseConnections", {
        above: expression(`${percentOf(measured.value) / 100} * var.${id}.max_connections`),
      });
    case "disk":
      return alarm("FreeStorageSpace", {
        below: expression(`${round(1 - percentOf(measured.value) / 100)} * var.${id}.storage_gib * pow(1024, 3)`),
      });
    case "cpu":
      return alarm("CPUUtilization", { above: percentOf(measured.value) });
    case "replicationLag": {
      const { replicas = [] } = ownOf(place, "postgres").find(([one]) => one === resource)?.[1] ?? {};
      if (!replicas.some(({ region }) => region === undefined || region === place.region)) return undefined;
      return alarm(
        "ReplicaLag",
        { above: secondsOf(measured.value) },
        {
          each: expression(
            `{ for name, identifier in module.${id}.replica_identifiers : name => { DBInstanceIdentifier = identifier } }`,
          ),
        },
      );
    }
    default:
      return undefined;
  }
}

function onRedis(name: string, resource: string, measured: Measured): Alarm | undefined {
  const metric = { memory: "DatabaseMemoryUsagePercentage", cpu: "EngineCPUUtilization" }[measured.measure];
  if (metric === undefined || !measured.above) return undefined;
  return {
    metric: {
      description: name,
      namespace: "AWS/ElastiCache",
      metric,
      each: expression(`{ for node in module.${label(resource)}.node_ids : node => { CacheClusterId = node } }`),
      above: percentOf(measured.value),
      ...lasting(measured),
    },
  };
}

function onService(name: string, service: string, measured: Measured): Alarm | undefined {
  const dimensions = { LoadBalancer: out("load_balancer", "arn_suffix") };
  const period = Math.max(60, Math.round(durationMs(measured.over ?? "1m") / 60_000) * 60);
  switch (measured.measure) {
    case "errorRate":
      if (!measured.above) return undefined;
      return {
        ratio: {
          description: name,
          namespace: "AWS/ApplicationELB",
          part: "HTTPCode_Target_5XX_Count",
          whole: "RequestCount",
          // Whichever of the two groups serves.
          dimensions: ["blue", "green"].map((colour) => ({
            ...dimensions,
            TargetGroup: expression(`module.load_balancer.target_groups[${quoted(service)}].${colour}.arn_suffix`),
          })),
          above: percentOf(measured.value),
          at_least: measured.least,
          period_seconds: period,
        } as Readonly<Record<string, Value>>,
      };
    case "latency":
      if (!measured.above) return undefined;
      return {
        metric: {
          description: name,
          namespace: "AWS/ApplicationELB",
          metric: "TargetResponseTime",
          statistic: `p${Math.round((measured.quantile ?? 0.95) * 10_000) / 100}`,
          dimensions,
          above: secondsOf(measured.value),
          period_seconds: period,
          // Without callers there is nothing to be slow.
          missing: "missing",
        },
      };
    case "certificateLeft":
      if (measured.above) return undefined;
      return {
        metric: {
          description: name,
          namespace: "AWS/CertificateManager",
          metric: "DaysToExpiry",
          statistic: "Minimum",
          dimensions: { CertificateArn: out("certificate", "certificate_arn") },
          below: secondsOf(measured.value) / 86_400,
          period_seconds: 86_400,
        },
      };
    default:
      return undefined;
  }
}

function lasting({ forMs }: Measured): Readonly<Record<string, Value>> {
  return forMs > 60_000 ? { periods: Math.ceil(forMs / 60_000) } : {};
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
