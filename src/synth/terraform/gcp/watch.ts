import { deploysFromGitHub } from "../../subject.ts";
import { areHealth, checkedPath, pathsOf } from "../../../spec/routes.ts";
import { budgetOf } from "../../../spec/budget-of.ts";
import { refName } from "../../../spec/derive.ts";
import { durationMs, shareOf } from "../../../lib/quantities.ts";
import { relative } from "../../layout.ts";
import { slug } from "../../names.ts";
import { type Entry, type Value, attributes, expression, quoted, template, valueText } from "../../text/hcl.ts";
import { googleDashboardsOf, googlePolicies } from "../../monitoring/google/watched.ts";
import type { LibraryModule } from "./modules.ts";
import { type GoogleEnvironment, type Part, type Place, type Variable, call, labelOf, outputOf, projectOf } from "./place.ts";
import { serviceName } from "./services.ts";
import { wholeDays } from "./resources.ts";

// How it is watched: who is told, by what, and what it may cost.

type Watched = {
  readonly entries: readonly Entry[];
  readonly modules: readonly LibraryModule[];
  readonly variables?: readonly Variable[];
};
const nothing: Watched = { entries: [], modules: [] };

export function watch(place: Place): Part {
  const parts = [channels(place), alerts(place), uptime(place), dashboards(place), logs(place), budget(place)];
  return {
    file: "monitoring.tf",
    entries: parts.flatMap(({ entries }) => entries),
    modules: parts.flatMap(({ modules }) => modules),
    variables: parts.flatMap(({ variables = [] }) => variables),
  };
}

/** The channels that something in this environment tells. */
function channelsUsed({ subject, environment }: Place): readonly string[] {
  const policies = googlePolicies(subject, environment).flatMap((one) => ("policy" in one ? one.policy.channels : []));
  const told = [
    ...(alertsInCloud(environment) ? Object.values(environment.alerts).flatMap(({ to }) => to) : []),
    ...Object.values(environment.uptime).flatMap(({ to = [] }) => to),
    ...(budgetOf(environment)?.to ?? []).filter((one) => isEmail(environment, one)),
  ];
  return [...new Set([...policies, ...told.flatMap((one) => refName(one, "channels") ?? [])])].toSorted();
}

function channels(place: Place): Watched {
  const { environment } = place;
  const used = channelsUsed(place);
  if (used.length === 0) return nothing;
  const of = (kind: string, value: (name: string) => Value | undefined) => {
    const found = used.flatMap((name): [string, Value][] => {
      const text = environment.channels[name]?.kind === kind ? value(name) : undefined;
      return text === undefined ? [] : [[name, text]];
    });
    return found.length === 0 ? undefined : Object.fromEntries(found);
  };
  const reads = deploysFromGitHub(environment) && used.some((name) => environment.channels[name]?.kind === "pagerduty");
  const address = (name: string) => environment.channels[name]?.address;
  return {
    entries: [
      call(place, "notification_channels", "channels", [
        ...attributes({
          project: projectOf(place),
          email: of("email", address),
          pagerduty: of("pagerduty", (name) => {
            const key = refName(environment.channels[name]?.key, "secrets");
            return key === undefined ? undefined : expression(`module.secrets.ids[${quoted(key)}]`);
          }),
          slack: of("slack", address),
          // A plan reads the key again.
          readers: reads ? { planner: outputOf(place, "github_identity", "github", "planner_member") } : undefined,
        }),
      ]),
    ],
    modules: ["notification_channels"],
  };
}

function channelIds(place: Place, to: readonly unknown[]): Value {
  const known = new Set(channelsUsed(place));
  return to.flatMap((one) => {
    const name = refName(one, "channels");
    return name !== undefined && known.has(name) ? [expression(`module.channels.ids[${quoted(name)}]`)] : [];
  });
}

function isEmail({ channels: all }: GoogleEnvironment, one: unknown): boolean {
  return all[refName(one, "channels") ?? ""]?.kind === "email";
}

function alertsInCloud({ alerts: all, tools }: GoogleEnvironment): boolean {
  return Object.keys(all).length > 0 && (tools?.alerts ?? ["cloud"]).includes("cloud");
}

function alerts(place: Place): Watched {
  if (!alertsInCloud(place.environment)) return nothing;
  const policies = googlePolicies(place.subject, place.environment).flatMap((one) => ("policy" in one ? [one.policy] : []));
  const value = policies.map(({ name, query, severity, channels: to, forSeconds, everySeconds, means }) => ({
    name,
    query,
    severity,
    channels: [...to],
    ...(forSeconds === 0 ? {} : { for_seconds: forSeconds }),
    ...(everySeconds === 30 ? {} : { every_seconds: everySeconds }),
    means,
  }));
  return {
    entries: [
      call(place, "alert_policies", "alerts", [
        ...attributes({
          project: projectOf(place),
          alerts: expression("var.alerts"),
          channels: expression("module.channels.ids"),
        }),
      ]),
    ],
    modules: ["alert_policies"],
    variables: [
      {
        name: "alerts",
        what: "What is watched, as PromQL with its threshold, and which channels are told.",
        type: expression(
          [
            "list(object({",
            "    name          = string",
            "    query         = string",
            "    severity      = string",
            "    channels      = list(string)",
            "    for_seconds   = optional(number, 0)",
            "    every_seconds = optional(number, 30)",
            "    means         = optional(string)",
            "  }))",
          ].join("\n"),
        ),
        usual: [],
        ...(value.length === 0 ? {} : { value }),
      },
    ],
  };
}

const periods = [60, 300, 600, 900];

function uptime(place: Place): Watched {
  const { environment } = place;
  const checks = Object.entries(environment.uptime).flatMap(([name, check]): [string, Value][] => {
    const of = check.of as { readonly host?: string };
    const service = refName(check.of, "services");
    const found = service === undefined ? undefined : environment.services[service];
    if (service === undefined || found === undefined || environment.runs === "gke") return [];
    const every = durationMs(check.every ?? "60s") / 1_000;
    return [
      [
        name,
        {
          url:
            of.host === undefined
              ? outputOf(place, "cloud_run_service", labelOf(place, "services", service), "url")
              : `https://${of.host}`,
          path: checkedPath(check.of, found),
          channels: channelIds(place, check.to ?? []),
          every_seconds: periods.find((one) => one >= every) ?? 900,
          timeout_seconds: Math.min(60, Math.max(1, Math.round(durationMs(check.timeout ?? "10s") / 1_000))),
        },
      ],
    ];
  });
  if (checks.length === 0) return nothing;
  return {
    entries: [
      call(place, "uptime_checks", "uptime", [...attributes({ project: projectOf(place), checks: Object.fromEntries(checks) })]),
    ],
    modules: ["uptime_checks"],
  };
}

function dashboards(place: Place): Watched {
  const { environment, folder, subject } = place;
  const { workspace } = environment;
  const shared = workspace !== undefined && workspace !== environment.project;
  const definitions = [...googleDashboardsOf(subject).of(environment.environment)].map(([name, path]): [string, Value] => [
    name,
    expression(`file(${valueText(template(expression("path.module"), `/${relative(folder, path).replace(/^\.\//, "")}`))})`),
  ]);
  if (definitions.length === 0) return nothing;
  return {
    entries: [
      call(place, "monitoring_dashboards", "dashboards", [
        ...attributes({
          project: shared ? expression("var.workspace") : projectOf(place),
          monitored_projects: shared ? [projectOf(place)] : undefined,
          dashboards: Object.fromEntries(definitions),
        }),
      ]),
    ],
    modules: ["monitoring_dashboards"],
    variables: shared
      ? [
          {
            name: "workspace",
            what: "The project whose monitoring shows this one too. Pipelines are let in there where the bucket of the states is made.",
            type: expression("string"),
            value: workspace,
          },
        ]
      : [],
  };
}

function logs(place: Place): Watched {
  const { environment } = place;
  const dropped = environment.runs === "gke" ? [] : (environment.logs?.drop ?? []);
  const exclusions = dropped.flatMap((one): [string, Value][] => {
    const name = refName(one, "services");
    const service = name === undefined ? undefined : environment.services[name];
    if (name === undefined || service === undefined) return [];
    const paths = pathsOf(one, service);
    if (paths.length === 0) return [];
    const what = areHealth(one) ? "health checks" : one.routes;
    return [[slug(`${name} ${what}`), { service: serviceName(name, service), paths: [...paths] }]];
  });
  const keep = environment.logs?.keep;
  if (exclusions.length === 0 && keep === undefined) return nothing;
  return {
    entries: [
      call(place, "log_retention", "logs", [
        ...attributes({
          project: projectOf(place),
          retention_days: keep === undefined ? undefined : wholeDays(keep),
          exclusions: exclusions.length === 0 ? undefined : Object.fromEntries(exclusions),
        }),
      ]),
    ],
    modules: ["log_retention"],
  };
}

function budget(place: Place): Watched {
  const { environment, subject } = place;
  const spend = budgetOf(environment);
  if (spend === undefined) return nothing;
  const monthly = spend.monthly ?? (spend.daily ?? 0) * 30;
  const shares = [...(spend.alertAt ?? ["50%", "90%", "100%"]).map(shareOf), ...sharesAlertedAt(environment)];
  const emails = (spend.to ?? []).filter((one) => isEmail(environment, one));
  return {
    entries: [
      call(
        place,
        "budget",
        "budget",
        [
          ...attributes({
            project: projectOf(place),
            billing_account: expression("var.billing_account"),
            name: `${subject.name} ${environment.environment}`,
            monthly_usd: expression("var.budget.monthly_usd"),
            alert_at: expression("var.budget.alert_at"),
            channels: emails.length === 0 ? undefined : channelIds(place, emails),
            topic: spend.daily === undefined ? undefined : "costs",
          }),
        ],
        budgetComment(spend.daily, emails.length),
      ),
    ],
    modules: ["budget"],
    variables: [
      {
        name: "billing_account",
        what: "The billing account that pays for the project. Whoever applies needs roles/billing.costsManager on it, and whoever plans roles/billing.viewer.",
        type: expression("string"),
        ...(environment.billing === undefined ? {} : { value: environment.billing }),
        check: {
          condition: expression('can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.billing_account))'),
          message: "A billing account is written as 012345-6789AB-CDEF01 is.",
        },
      },
      {
        name: "budget",
        what: "What a month may cost in US dollars, and at which shares of it somebody is told.",
        type: expression("object({ monthly_usd = number, alert_at = list(number) })"),
        value: { monthly_usd: Math.round(monthly), alert_at: [...new Set(shares)].toSorted((a, b) => a - b) },
      },
    ],
  };
}

function budgetComment(daily: number | undefined, emails: number): string | undefined {
  if (daily === undefined) return undefined;
  const told = emails === 0 ? "\nA budget can write emails only: other channels are told by the same reader." : "";
  return `${daily} US dollars a day, as a month of 30 days: the topic says many times a day what was spent, and its reader holds the day's part.${told}`;
}

/** Alerts on the month's costs are the budget's own: no metric has them. */
function sharesAlertedAt({ alerts: all }: GoogleEnvironment): readonly number[] {
  return Object.values(all).flatMap(({ when }) => {
    const { signal, value } = when as { readonly signal?: { readonly measure?: string }; readonly value?: unknown };
    return signal?.measure === "monthToDate" && typeof value === "string" && value.endsWith("%") ? [shareOf(value)] : [];
  });
}
