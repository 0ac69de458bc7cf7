import { durationMs } from "../../../lib/quantities.ts";
import type { CloudNames } from "../../../signals/measures/expression.ts";
import { expressionOf } from "../../../signals/measures/expression-of.ts";
import { rulesOf } from "../../../signals/rules/rules-of.ts";
import { refName } from "../../../spec/derive.ts";
import type { File } from "../../file.ts";
import { googleDashboards } from "../../monitoring/google/dashboards.ts";
import { type Policy, policiesOf } from "../../monitoring/google/policies.ts";
import { linksOf } from "../../monitoring/links.ts";
import { slug } from "../../names.ts";
import { type Shell, sh, shell } from "../sh.ts";
import type { Plan } from "./plan.ts";
import { deploymentOf } from "./settings.ts";

// What the monitoring script gives to Cloud Monitoring: policies and dashboards as files beside it, uptime checks as calls.

export function monitoringFiles(plan: Plan): readonly File[] {
  const { first, layout, subject } = plan;
  const names = namesOf(plan);
  const ask = (what: Parameters<typeof expressionOf>[0]) => expressionOf(what, first, { dialect: "google", names });
  const policies = policiesOf(rulesOf(first).alerts, ask, linksOf(subject));
  return [
    ...policies.flatMap((one) =>
      "policy" in one
        ? [
            {
              path: `${layout.monitoring}/alerts/${slug(one.policy.name)}.json`,
              text: `${JSON.stringify(policyJson(one.policy), null, 2)}\n`,
            },
          ]
        : [],
    ),
    ...[...googleDashboards(first, ask)].map(([name, text]) => ({ path: `${layout.monitoring}/dashboards/${name}.json`, text })),
  ];
}

/** As the scripts themselves name what they make. */
function namesOf({ first, product }: Plan): CloudNames {
  return {
    service: (name) => (first.services[name] === undefined ? undefined : deploymentOf(first.services, name)),
    resource: (name) => {
      const resource = first.resources[name];
      return resource === undefined ? undefined : (resource.instance ?? `${product}-${name}`);
    },
  };
}

function policyJson({ name, query, severity, forSeconds, everySeconds, means }: Policy): object {
  return {
    displayName: name,
    combiner: "OR",
    severity: { critical: "CRITICAL", high: "ERROR", warning: "WARNING", medium: "WARNING", info: "WARNING" }[severity],
    documentation: { content: means, mimeType: "text/markdown" },
    conditions: [
      {
        displayName: name,
        conditionPrometheusQueryLanguage: {
          query,
          duration: `${forSeconds}s`,
          evaluationInterval: `${everySeconds}s`,
          // The first sample of a metric may come after the alert on it.
          disableMetricValidation: true,
        },
      },
    ],
    alertStrategy: { autoClose: "1800s" },
  };
}

/** A check of what answers from outside: at the own domain where an environment has one. */
export function uptimeChecks(plan: Plan): readonly Shell[] {
  const { first, environments } = plan;
  return Object.entries(first.uptime).flatMap(([name, check]) => {
    const service = refName(check.of, "services");
    if (service === undefined) return [];
    const path = "path" in check.of && typeof check.of.path === "string" ? check.of.path : first.services[service]?.health?.path;
    const plain = `${deploymentOf(first.services, service)}-$number.$REGION.run.app`;
    const own = environments.some(({ hosts }) => hosts[0]?.service === service);
    return [
      sh`
host=${shell(own ? `"\${HOST:-${plain}}"` : `"${plain}"`)}
ensure ${`check ${name}`} monitoring uptime list-configs --filter="$(is displayName ${name})" -- \
  monitoring uptime create ${name} --resource-type=uptime-url --resource-labels="host=$host,project_id=$PROJECT_ID" \
  --protocol=https --port=443 --path=${path ?? "/"} --period=${minutes(check.every ?? "5m")} --timeout=${durationMs(check.timeout ?? "10s") / 1_000}
`,
    ];
  });
}

export function uptimeNames({ first }: Plan): readonly string[] {
  return Object.keys(first.uptime);
}

/** Google checks every 1, 5, 10 or 15 minutes. */
function minutes(every: string): number {
  const wanted = durationMs(every) / 60_000;
  return [15, 10, 5].find((one) => one <= wanted) ?? 1;
}
