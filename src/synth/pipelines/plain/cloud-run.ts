import { refName } from "../../../spec/derive.ts";
import { durationMs, shareOf } from "../../../lib/quantities.ts";
import type { Environment } from "../../../spec/environment.ts";
import { shortName } from "../../names.ts";
import { inDoubleQuotes, word } from "../../text/shell.ts";
import { ownerOf } from "../../migrations.ts";
import { type Run, run } from "../model.ts";
import { imagesOf } from "../places.ts";
import { forEach, functions, functionsFile, indented } from "../scripts.ts";
import type { Way } from "./way.ts";

const at = '--project "$PROJECT" --region "$REGION"';

/** Cloud Run: revisions beside each other, and shares of the traffic between them. */
export function cloudRun(environment: Environment): Way {
  const services = servicesOf(environment);
  const answering = services.filter(({ kind }) => kind !== "worker" && kind !== "cron").map(({ name }) => name);
  const background = services.filter(({ kind }) => kind === "worker" || kind === "cron");
  return {
    tools: [{ tool: "cloud" }],
    begin: [
      functionsFile([addressOf, ...(watches(environment) ? [errorShare] : [])]),
      run(
        "Remember what serves now",
        [
          "mkdir -p before",
          forEach(
            "service",
            answering,
            [
              `gcloud run services describe "$service" ${at} --format json |`,
              "  jq --raw-output '.status.traffic | map(select((.percent // 0) > 0)) | max_by(.percent).revisionName' > \"before/$service\"",
            ].join("\n"),
          ),
        ].join("\n"),
      ),
    ],
    snapshot: (resource) => snapshot(environment, resource),
    migrate: (resource) => migrate(environment, resource),
    traffic: [
      run(
        "New revisions, without traffic",
        services
          .filter(({ name }) => answering.includes(name))
          .map((one) => revision(one, environment))
          .join("\n"),
      ),
      run("Health of the new revisions", [functions, forEach("service", answering, healthOf(services))].join("\n")),
      ...share(environment, answering),
      run("All traffic", toShare(answering, "100%")),
      ...(background.length === 0 ? [] : [run("Workers and jobs", background.map((one) => behind(one)).join("\n"))]),
    ],
    back: run(
      "Back to what served before",
      forEach(
        "service",
        answering,
        `gcloud run services update-traffic "$service" ${at} --to-revisions "$(cat "before/$service")=100" --quiet`,
      ),
    ),
  };
}

type One = {
  readonly name: string;
  readonly kind: string;
  readonly image: string;
  readonly path: string;
  readonly secrets: string;
};

function servicesOf(environment: Environment): readonly One[] {
  return imagesOf(environment).services.flatMap(({ service, image }) => {
    const one = environment.services[service];
    if (one === undefined) return [];
    const secrets = Object.entries(one.env ?? {}).flatMap(([key, value]) => {
      const name = refName(value, "secrets") ?? secretBehind(value, environment);
      return name === undefined ? [] : [`${key}=${name}:latest`];
    });
    return [{ name: service, kind: one.kind, image, path: one.health?.path ?? "/", secrets: secrets.join(",") }];
  });
}

/** A database's address is kept in a secret. */
function secretBehind(value: unknown, { resources }: Environment): string | undefined {
  const name = refName(value, "resources");
  const resource = name === undefined ? undefined : resources[name];
  const url = typeof value === "object" && value !== null && "attribute" in value && value.attribute === "url";
  return url && resource?.urlIn !== undefined ? refName(resource.urlIn, "secrets") : undefined;
}

function revision({ name, image, secrets }: One, { pipeline }: Environment): string {
  const what = `--image "$PREFIX/${inDoubleQuotes(image)}:$SHA"${secrets === "" ? "" : ` --update-secrets ${word(secrets)}`} --quiet`;
  const update = `gcloud run services update ${word(name)} ${at} \\\n  ${what} \\\n  --no-traffic --tag candidate`;
  if (pipeline?.infrastructure !== undefined) return update;
  // Nothing but this makes the service: its first version has nobody to take traffic from.
  return [
    `if gcloud run services describe ${word(name)} ${at} > /dev/null 2>&1; then`,
    indented(update),
    "else",
    indented(`gcloud run deploy ${word(name)} ${at} \\\n  ${what} --tag candidate`),
    "fi",
  ].join("\n");
}

const addressOf = [
  "address() {",
  `  gcloud run services describe "$1" ${at} --format json |`,
  "    jq --exit-status --raw-output '.status.traffic[] | select(.tag == \"candidate\") | .url'",
  "}",
].join("\n");

function healthOf(services: readonly One[]): string {
  const paths = services.filter(({ kind }) => kind !== "worker" && kind !== "cron");
  const same = new Set(paths.map(({ path }) => path)).size === 1;
  return [
    ...(same
      ? [`path=${word(paths[0]?.path ?? "/")}`]
      : ['case "$service" in', ...paths.map(({ name, path }) => `  ${name}) path=${word(path)} ;;`), "esac"]),
    'url="$(address "$service")$path"',
    "for attempt in $(seq 30); do",
    '  curl --fail --silent --show-error --max-time 10 --output /dev/null "$url" && break',
    '  [ "$attempt" -lt 30 ] || exit 1',
    "  sleep 10",
    "done",
  ].join("\n");
}

function toShare(services: readonly string[], share: string): string {
  return forEach(
    "service",
    services,
    `gcloud run services update-traffic "$service" ${at} --to-tags "candidate=${share.replace("%", "")}" --quiet`,
  );
}

function behind({ name, kind, image }: One): string {
  const what = kind === "cron" ? "jobs" : "services";
  return `gcloud run ${what} update ${word(name)} ${at} --image "$PREFIX/${inDoubleQuotes(image)}:$SHA" --quiet`;
}

function watches({ release }: Environment): boolean {
  return (
    (release?.rollbackOn ?? []).some((one) => typeof one !== "string") ||
    (release?.requires ?? []).some((one) => "gate" in one && one.gate === "burn")
  );
}

/** Each share and how long it is watched; before it grows, what would have sent the release back is asked again. */
function share(environment: Environment, answering: readonly string[]): readonly Run[] {
  const { release } = environment;
  if (release === undefined) return [];
  const burns = (release.requires ?? []).flatMap((one) =>
    "gate" in one && one.gate === "burn" ? [burnOf(one, environment)] : [],
  );
  const conditions = (release.rollbackOn ?? []).flatMap((one) => (typeof one === "string" ? [] : [conditionOf(one)]));
  const watched = [...conditions, ...burns].filter((one) => one !== "");
  const gate = burns.flatMap((one) => (one === "" ? [] : [`${one} known`]));
  const steps = release.strategy === "canary" ? release.steps : [];
  return [
    ...(gate.length === 0 ? [] : [run("Error budget", [functions, ...gate].join("\n"))]),
    ...steps.map(({ to, bake }) => {
      const minutes = Math.max(1, Math.round(durationMs(bake) / 60_000));
      return run(
        `${to} for ${bake}`,
        [
          ...(watched.length === 0 ? [] : [functions]),
          toShare(answering, to),
          `for minute in $(seq ${minutes}); do`,
          "  sleep 60",
          `  echo "minute $minute of ${minutes}"`,
          ...watched.map(indented),
          "done",
        ].join("\n"),
      );
    }),
  ];
}

/** The share of requests that failed, and how many there were, from Cloud Monitoring. */
const errorShare = [
  "ask() {",
  '  curl --fail --silent --show-error --get --header "Authorization: Bearer $(gcloud auth print-access-token)" \\',
  '    --data-urlencode "query=$1" "https://monitoring.googleapis.com/v1/projects/$PROJECT/location/global/prometheus/api/v1/query" |',
  "    jq --raw-output '.data.result[0].value[1] // \"0\"'",
  "}",
  "# failing SERVICE WINDOW SHARE REQUESTS [known]: fails when more than that share of at least so many requests answered 5xx;",
  "# with `known` also when there were none, for then nothing is known.",
  "failing() {",
  "  local of all errors",
  '  of="monitored_resource=\\"cloud_run_revision\\",service_name=\\"$1\\""',
  '  all=$(ask "sum(increase(run_googleapis_com:request_count{$of}[$2]))")',
  '  errors=$(ask "sum(increase(run_googleapis_com:request_count{$of,response_code_class=\\"5xx\\"}[$2]))")',
  '  awk -v all="$all" -v errors="$errors" -v share="$3" -v least="$4" -v known="${5:-}" \\',
  '    \'BEGIN { if (known != "" && all == 0) { print "no requests: nothing is known"; exit 1 } if (all >= least && all > 0 && errors / all > share) { print errors " of " all " requests failed"; exit 1 } }\'',
  "}",
].join("\n");

type Condition = {
  readonly value?: unknown;
  readonly minimumRequests?: unknown;
  readonly signal?: { readonly measure?: unknown; readonly of?: unknown; readonly over?: unknown };
};

function conditionOf(one: unknown): string {
  const { value, minimumRequests, signal } = one as Condition;
  const service = refName(signal?.of, "services");
  if (signal?.measure !== "errorRate" || service === undefined || typeof value !== "string" || !value.endsWith("%")) return "";
  return `failing ${word(service)} ${word(String(signal.over ?? "5m"))} ${shareOf(value)} ${Number(minimumRequests ?? 1)}`;
}

type Burn = { readonly slo: { readonly ref: string }; readonly below: string; readonly within?: string | undefined };

/** The share of failures at which so much of the budget is gone within so long. */
function burnOf({ slo, below, within = "1h" }: Burn, { slos }: Environment): string {
  const promise = slos[refName(slo, "slos") ?? ""];
  const signal = promise?.of as { readonly measure?: unknown; readonly of?: unknown } | undefined;
  const service = refName(signal?.of, "services");
  if (promise === undefined || service === undefined || signal?.measure !== "errorRate" || typeof promise.target !== "string")
    return "";
  const allowed = shareOf(below) * (1 - shareOf(promise.target)) * (durationMs(promise.over) / durationMs(within));
  return `failing ${word(service)} ${word(within)} ${Number(allowed.toPrecision(6))} 1`;
}

function snapshot(environment: Environment, name: string): Run | undefined {
  const resource = environment.resources[name];
  if (resource?.kind !== "postgres") return undefined;
  const instance = resource.instance ?? shortName(`${environment.product}-${name}`, 60);
  return run(
    `Snapshot of ${name}`,
    `gcloud sql backups create --project "$PROJECT" --instance ${word(instance)} --description "before $SHA" --quiet`,
  );
}

/** The migration runs where the service runs: the database answers nobody outside its network. */
function migrate(environment: Environment, name: string): Run | undefined {
  const resource = environment.resources[name];
  if (resource?.kind !== "postgres" || resource.migrations?.apply === undefined) return undefined;
  const { migrations } = resource;
  const owner = ownerOf(migrations.folder, environment.services)?.service;
  const one = servicesOf(environment).find((other) => other.name === owner);
  if (one === undefined) return undefined;
  const step = migrations.step ?? "migrate";
  const job = shortName(step.startsWith("migrate") ? step : `migrate-${step}`, 49);
  const network =
    environment.cloud === "gcp" && environment.network?.connector !== undefined
      ? '--vpc-connector "$(annotation vpc-access-connector)"'
      : "--network \"$(annotation network-interfaces | jq --raw-output '.[0].network')\" --subnet \"$(annotation network-interfaces | jq --raw-output '.[0].subnetwork')\"";
  return run(
    step,
    [
      `service=$(gcloud run services describe ${word(one.name)} ${at} --format json)`,
      "annotation() {",
      '  jq --exit-status --raw-output --arg name "run.googleapis.com/$1" \'.spec.template.metadata.annotations[$name]\' <<< "$service"',
      "}",
      `gcloud run jobs deploy ${word(job)} ${at} --image "$PREFIX/${inDoubleQuotes(one.image)}:$SHA" \\`,
      `  --command sh --args ${word(`^~^-c~${migrations.apply ?? ""}`)} --max-retries 0 \\`,
      ...(one.secrets === "" ? [] : [`  --set-secrets ${word(one.secrets)} \\`]),
      '  --service-account "$(jq --raw-output \'.spec.template.spec.serviceAccountName\' <<< "$service")" \\',
      `  ${network} \\`,
      "  --vpc-egress private-ranges-only --execute-now --wait --quiet",
    ].join("\n"),
  );
}
