import { durationMs } from "../../lib/quantities.ts";
import { refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import { productOf, type Subject } from "../subject.ts";
import { inDoubleQuotes, word } from "../text/shell.ts";
import { type Job, type Values, commit, job, run } from "./model.ts";
import { forEach } from "./scripts.ts";
import { previewing } from "./images.ts";
import { imagesOf, previewer, projectOf, regionOf } from "./places.ts";

/** A revision of each service that answers requests, without traffic, at an address of its own. */
export function previewJob(subject: Subject, environment: Environment, needs: readonly string[]): Job {
  const { prefix } = imagesOf(environment);
  const shown = inOrder(environment);
  const within = productOf(subject).pipeline?.previewWithin;
  const identity = previewer(environment);
  const env: Values = {
    ...place(environment),
    PREFIX: prefix,
    SHA: commit,
    PR: { from: "pull request" },
    STARTED: { from: "started" },
  };
  const lines = ["tag=pr-$PR", ...asBefore(shown)];
  for (const { name, image, told } of shown) {
    const urls = told.map(({ key, of }) => `,${key}=$${shellName(of)}`).join("");
    lines.push(
      `gcloud run services update ${word(name)} --project "$PROJECT" --region "$REGION" --image "$PREFIX/${inDoubleQuotes(image)}:$SHA" \\`,
      `  --no-traffic --tag "$tag"${urls === "" ? "" : ` --update-env-vars "${urls.slice(1)}"`} --quiet`,
      `${shellName(name)}=$(gcloud run services describe ${word(name)} --project "$PROJECT" --region "$REGION" --format json |`,
      `  jq --exit-status --raw-output --arg tag "$tag" '.status.traffic[] | select(.tag == $tag) | .url')`,
    );
  }
  const measured = [
    'seconds=$(( $(date +%s) - $(date --date "$STARTED" +%s) ))',
    "{",
    '  echo "Preview of $SHA:"',
    ...shown.map(({ name }) => `  echo "- ${inDoubleQuotes(name)}: $${shellName(name)}"`),
    `  echo "From commit to preview: $seconds s${within === undefined ? "" : ` (promised: ${within})`}"`,
    "} > preview.md",
    'printf \'{"commit":"%s","seconds":%d}\\n\' "$SHA" "$seconds" > preview.json',
  ];
  return job("preview", "Preview", {
    needs,
    rights: ["identity", "comment"],
    when: [{ is: "open" }],
    environment: previewing(environment),
    alone: "preview",
    tools: [{ tool: "cloud" }],
    ...(identity === undefined ? {} : { identity }),
    steps: [
      { is: "checkout" },
      run("Revision without traffic", [...lines, ...measured].join("\n"), { env }),
      { is: "comment", name: "Address as a comment", mark: "preview", file: "preview.md" },
      { is: "keep", name: "Keep how long it took", artifact: "preview-time", paths: ["preview.json"], days: 90 },
      ...(within === undefined
        ? []
        : [
            run(
              `Within ${within}`,
              `seconds=$(jq .seconds preview.json)\n[ "$seconds" -le ${durationMs(within) / 1_000} ] || { echo "took $seconds s" >&2; exit 1; }`,
            ),
          ]),
    ],
  });
}

/** What a closed pull request leaves behind is taken away: the tag, and with it the address. */
export function endPreviewJob(environment: Environment): Job {
  const identity = previewer(environment);
  return job("end", "End of the preview", {
    rights: ["identity"],
    when: [{ is: "closed" }],
    environment: previewing(environment),
    alone: "preview",
    tools: [{ tool: "cloud" }],
    ...(identity === undefined ? {} : { identity }),
    steps: [
      run(
        "Remove the tags",
        forEach(
          "service",
          inOrder(environment).map(({ name }) => name),
          'gcloud run services update-traffic "$service" --project "$PROJECT" --region "$REGION" --remove-tags "pr-$PR" --quiet',
        ),
        { env: { ...place(environment), PR: { from: "pull request" } } },
      ),
    ],
  });
}

function place(environment: Environment): Values {
  return { PROJECT: projectOf(environment), REGION: regionOf(environment) };
}

/**
 * A revision is made by way of the service: what it is told stays there for whatever is made next, a release or one of Terraform's. So
 * the service is told again what Terraform tells it, which no other preview changes, also when this one stops halfway. The image may
 * stay: Terraform has no say in it, and a release brings its own.
 */
function asBefore(shown: readonly Shown[]): readonly string[] {
  const changed = shown.filter(({ told }) => told.length > 0);
  if (changed.length === 0) return [];
  return [
    "# A service keeps what its last revision was told: the next release would go out with the addresses of this preview.",
    "as_before() {",
    ...changed.flatMap(({ name, told }) => [
      ...told.flatMap(({ of, host }) =>
        host === undefined
          ? [
              `  ${shellName(of)}=$(gcloud run services describe ${word(of)} --project "$PROJECT" --region "$REGION" --format 'value(status.url)')`,
            ]
          : [`  ${shellName(of)}=${word(`https://${host}`)}`],
      ),
      `  gcloud run services update ${word(name)} --project "$PROJECT" --region "$REGION" --no-traffic \\`,
      `    --update-env-vars "${told.map(({ key, of }) => `${key}=$${shellName(of)}`).join(",")}" --quiet`,
    ]),
    "}",
    "trap as_before EXIT",
  ];
}

type Shown = {
  readonly name: string;
  readonly image: string;
  /** The addresses of other services that it is told, and the host that people find each at. */
  readonly told: readonly { readonly key: string; readonly of: string; readonly host: string | undefined }[];
};

/** The services with an address; one that is told another's comes after it, so that a preview talks to a preview. */
function inOrder(environment: Environment): readonly Shown[] {
  const images = new Map(imagesOf(environment).services.map(({ service, image }) => [service, image]));
  const reachable = Object.entries(environment.services).flatMap(([name, { kind, env }]) => {
    const image = images.get(name);
    if (image === undefined || (kind !== "service" && kind !== "frontend" && kind !== "proxy")) return [];
    const told = Object.entries(env ?? {}).flatMap(([key, value]) => {
      const of = refName(value, "services");
      return of !== undefined && typeof value === "object" && "attribute" in value && value.attribute === "url"
        ? [{ key, of, host: environment.hosts.find(({ service }) => service === of)?.host }]
        : [];
    });
    return [{ name, image, told }];
  });
  const byName = new Map(reachable.map((one) => [one.name, one]));
  const done = new Map<string, Shown>();
  const under = new Set<string>();
  const add = (one: Shown): void => {
    if (done.has(one.name) || under.has(one.name)) return;
    under.add(one.name);
    for (const { of } of one.told) {
      const other = byName.get(of);
      if (other !== undefined) add(other);
    }
    // Of two that are told each other's address, the first to be shown keeps the one that it has.
    done.set(one.name, { ...one, told: one.told.filter(({ of }) => done.has(of)) });
  };
  for (const one of reachable) add(one);
  return [...done.values()];
}

function shellName(service: string): string {
  return `${service.replaceAll("-", "_")}_url`;
}
