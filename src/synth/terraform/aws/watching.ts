import { shareOf } from "../../../lib/quantities.ts";
import { budgetOf } from "../../../spec/budget-of.ts";
import { type Value, expression, template } from "../../text/hcl.ts";
import { heldInCloudWatch } from "./alarms.ts";
import { dashboardsInCloudWatch } from "./dashboards.ts";
import { type Call, type Input, type Part, type Place, accountId, call, label, out, part, variable } from "./place.ts";
import { ownBuckets } from "./resources.ts";

/** Who is told, and the alarms and dashboards of what CloudWatch itself measures. The other alerts are for whoever scrapes the services. */
export function watching(place: Place): Part {
  const { environment } = place;
  const held = heldInCloudWatch(place);
  const alarms = Object.assign({}, ...held.map((one) => ("alarms" in one ? one.alarms : {}))) as Readonly<Record<string, Value>>;
  const composites = held.flatMap((one) =>
    "composite" in one && one.composite !== undefined ? [[one.rule.name, one.composite] as const] : [],
  );
  const dashboards = dashboardsInCloudWatch(place);
  const emails = Object.values(environment.channels).flatMap(({ kind, address }) => (kind === "email" ? [address] : []));
  const calls: Call[] = [
    call(
      place,
      "monitoring",
      "monitoring",
      [
        { name: variable("name"), emails: variable("alarm_emails"), kms_key_arn: out("encryption", "key_arn") },
        Object.keys(alarms).length === 0 ? {} : { alarms },
        composites.length === 0 ? {} : { composites: Object.fromEntries(composites) },
        dashboards === undefined ? {} : { dashboards },
      ].filter((group) => Object.keys(group).length > 0),
    ),
  ];
  const inPromql = held.flatMap((one) => ("promql" in one ? [[one.rule.name, one.promql] as const] : []));
  if (inPromql.length > 0)
    calls.push(
      call(
        place,
        "promql_alarms",
        "promql_alarms",
        [{ name: variable("name"), topic_arn: out("monitoring", "topic_arn") }, { alarms: Object.fromEntries(inPromql) }],
        {
          comment:
            "What metric math does not say, over metrics that a collector sends to CloudWatch: without it these never ring.",
        },
      ),
    );
  const inputs: Input[] = [
    { name: "alarm_emails", description: "Addresses that alarms are sent to.", type: "set(string)", value: emails },
  ];
  const monthly = budgetOf(environment)?.monthly;
  if (monthly !== undefined) {
    const alertAt = budgetOf(environment)?.alertAt;
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
