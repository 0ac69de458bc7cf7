import type { Environment } from "../../spec/environment.ts";
import { stageOf } from "../docker/image.ts";
import { followsBranch } from "../promotion.ts";
import { productOf, type Subject } from "../subject.ts";
import { forEach } from "./scripts.ts";
import {
  type Job,
  type Run,
  type Step,
  type Value,
  type When,
  input,
  job,
  joined,
  partsOf,
  revisionLabel,
  run,
  variable,
} from "./model.ts";
import { deployer, imagesOf, previewer, projectOf, regionOf } from "./places.ts";

/** The name of the environment, in the pipeline's system, in which a pull request's own code is built and shown. */
export function previewing({ environment }: Environment): string {
  return `${environment}-preview`;
}

type Build = {
  readonly commit: Value;
  readonly needs: readonly string[];
  readonly when?: readonly When[];
  /** What is not merged yet is not signed. */
  readonly signs: boolean;
};

/** The job that builds every image once, side by side, and pushes it to the registry of one environment. */
export function imageJob(subject: Subject, environment: Environment, { commit, needs, when = [], signs }: Build): Job {
  const { images } = productOf(subject).pipeline ?? {};
  const { prefix, services } = imagesOf(environment);
  const name: Value = joined(prefix, prefix === "" ? "" : "/", { from: "each", name: "image" });
  const identity = signs ? deployer(environment) : previewer(environment);
  const sign = signs ? images?.sign : undefined;
  const verified = followsBranch(environment) ? sign : undefined;
  const steps: Step[] = [
    { is: "checkout", at: commit },
    ...registryLogin(environment),
    run("Look whether it is there", thereScript(verified), {
      comment: "A tag never moves, and a run may be said again: what is there of this very commit is the image.",
      env: {
        IMAGE: name,
        SHA: commit,
        ...(verified === undefined
          ? {}
          : { ISSUER: { from: "issuer" }, SIGNER: { from: "signer", branch: branchOf(environment) } }),
      },
      gives: ["found"],
    }),
    {
      is: "image",
      name: "Build and push",
      image: name,
      tags: [joined(name, ":", commit)],
      context: { from: "each", name: "context" },
      file: { from: "each", name: "file" },
      target: { from: "each", name: "target" },
      ...(images?.cache === false ? {} : { cache: { from: "each", name: "service" } }),
      push: true,
      revision: commit,
      unless: "found",
    },
  ];
  if (sign === "cosign")
    steps.push(
      run("Sign", `${digestOf('"$IMAGE:$SHA"')}\ncosign sign --yes "$IMAGE@$digest"`, {
        comment: "The digest is signed, not the tag: a tag can be moved to something else.",
        unless: "found",
        env: { IMAGE: name, SHA: commit },
      }),
    );
  return job("images", "Images", {
    comment: "Built once: every environment gets these very bytes, by their digest.",
    needs,
    rights: ["identity"],
    when,
    environment: signs ? environment.environment : previewing(environment),
    tools: [{ tool: "docker" }, { tool: "cloud" }, ...signing(sign)],
    ...(identity === undefined ? {} : { identity }),
    // Two workflows of one pull request build the same commit.
    ...(signs ? {} : { alone: "images" }),
    each: services.map(({ service, image, context, file }) => ({ service, image, context, file, target: stageOf(service) })),
    timeoutMinutes: 30,
    steps,
  });
}

/** What is there is taken for the image only where it says that it is of this commit, and, if images are signed, where this pipeline has signed it. */
function thereScript(sign: "cosign" | undefined): string {
  return [
    "found=false",
    `if known=$(docker buildx imagetools inspect "$IMAGE:$SHA" --format '{{json .Image}}' 2> /dev/null); then`,
    `  printf '%s' "$known" | grep -q "\\"${revisionLabel}\\": *\\"$SHA\\"" ||`,
    '    { echo "$IMAGE:$SHA is there already, and not of this commit" >&2; exit 1; }',
    ...(sign === undefined
      ? []
      : [
          `  ${digestOf('"$IMAGE:$SHA"')}`,
          '  cosign verify --certificate-oidc-issuer "$ISSUER" --certificate-identity-regexp "$SIGNER" "$IMAGE@$digest" > /dev/null ||',
          '    { echo "$IMAGE:$SHA is there already, and not signed here: whoever may delete it has to, before it is built again" >&2; exit 1; }',
        ]),
    "  found=true",
    "fi",
  ].join("\n");
}

type Promotion = {
  readonly from: Environment;
  readonly commit: Value;
  readonly semver?: Value;
  readonly needs: readonly string[];
};

/** The job that brings images to an environment's own registry, by digest; nothing is built again. */
export function promoteJob(
  subject: Subject,
  environment: Environment,
  { from, commit, semver, needs }: Promotion,
): Job | undefined {
  const { images } = productOf(subject).pipeline ?? {};
  const source = imagesOf(from).prefix;
  const { prefix: target, services } = imagesOf(environment);
  const elsewhere = JSON.stringify(source) !== JSON.stringify(target);
  const tagged = semver !== undefined && images?.tag?.includes("semver") === true;
  const attests = environment.cloud === "gcp" && environment.admitOnlySigned === true;
  if (!elsewhere && !tagged && !attests) return undefined;
  const signed = images?.sign === "cosign";
  const inner = [digestOf('"$SOURCE/$image:$SHA"')];
  if (signed)
    inner.push(
      'cosign verify --certificate-oidc-issuer "$ISSUER" --certificate-identity-regexp "$SIGNER" "$SOURCE/$image@$digest" > /dev/null',
    );
  if (elsewhere) inner.push('copy "$SHA"');
  if (tagged) inner.push('case "$SEMVER" in', '  *.*.*) copy "$SEMVER" ;;', "esac");
  if (signed && elsewhere)
    inner.push(
      'cosign download signature "$TARGET/$image@$digest" > /dev/null 2>&1 || cosign sign --yes "$TARGET/$image@$digest"',
    );
  if (attests)
    inner.push(
      'gcloud container binauthz attestations sign-and-create --project "$PROJECT" \\',
      '  --artifact-url "$TARGET/$image@$digest" --attestor "$ATTESTOR" --attestor-project "$PROJECT" --keyversion "$ATTESTOR_KEY"',
    );
  const identity = deployer(environment);
  const { environment: name } = environment;
  return job(`promote-${name}`, `Images to ${name}`, {
    kind: "promote",
    ...(attests ? { comment: "Binary Authorization admits what is attested, and attested is what carries our signature." } : {}),
    needs,
    rights: ["identity"],
    environment: input("environment", name),
    tools: [{ tool: "docker" }, { tool: "cloud" }, ...signing(images?.sign)],
    ...(identity === undefined ? {} : { identity }),
    steps: [
      ...registryLogin(environment, from),
      run(
        "Promote by digest",
        [
          ...(elsewhere || tagged ? copying : []),
          forEach(
            "image",
            services.map(({ image }) => image),
            inner.join("\n"),
          ),
        ].join("\n"),
        {
          env: {
            SHA: input("commit", commit),
            SOURCE: input("source", source),
            TARGET: input("target", target),
            ...(tagged ? { SEMVER: input("version", semver) } : {}),
            ...(signed ? { ISSUER: { from: "issuer" }, SIGNER: { from: "signer", branch: branchOf(from) } } : {}),
            ...(attests
              ? {
                  PROJECT: input("project", projectOf(environment)),
                  ATTESTOR: variable("BINARY_AUTHORIZATION_ATTESTOR"),
                  ATTESTOR_KEY: variable("BINARY_AUTHORIZATION_KEY_VERSION"),
                }
              : {}),
          },
        },
      ),
    ],
  });
}

/** These very bytes under another name; where they have it already, as when this runs again, the tag is left alone. */
const copying = [
  "copy() {",
  `  there=$(docker buildx imagetools inspect "$TARGET/$image:$1" --format '{{.Manifest.Digest}}' 2> /dev/null || true)`,
  '  [ "$there" = "$digest" ] ||',
  '    docker buildx imagetools create --prefer-index=false --tag "$TARGET/$image:$1" "$SOURCE/$image@$digest"',
  "}",
];

function signing(sign: "cosign" | undefined): readonly { readonly tool: "cosign" }[] {
  return sign === undefined ? [] : [{ tool: "cosign" }];
}

function branchOf({ deploy, repository }: Environment): string {
  const push = deploy?.find((one) => one.on === "push" || one.on === "merge");
  return push !== undefined && "branch" in push ? push.branch : (repository?.mainBranch ?? "main");
}

function digestOf(reference: string): string {
  return `digest=$(docker buildx imagetools inspect ${reference} --format '{{.Manifest.Digest}}')`;
}

/** Docker's way into the registries of some environments. */
function registryLogin(...environments: readonly Environment[]): readonly Run[] {
  const hosts = new Map<string, { readonly host: Value; readonly environment: Environment }>();
  for (const environment of environments) {
    const { prefix } = imagesOf(environment);
    const host = hostOf(prefix);
    if (host !== undefined) hosts.set(JSON.stringify(host), { host, environment });
  }
  return [...hosts.values()].map(({ host, environment }, index) => {
    const key = index === 0 ? "REGISTRY" : "SOURCE_REGISTRY";
    const region = index === 0 ? "region" : "source_region";
    const name = index === 0 ? "Log in to the registry" : "Log in to the registry that they come from";
    const env = { [key]: input(key.toLowerCase(), host) };
    switch (environment.cloud) {
      case "aws":
        return run(
          name,
          `aws ecr get-login-password --region "$REGION" | docker login --username AWS --password-stdin "$${key}"`,
          {
            env: { ...env, REGION: input(region, regionOf(environment)) },
          },
        );
      case "azure":
        return run(name, `az acr login --name "\${${key}%%.*}"`, { env });
      default:
        return run(name, `gcloud auth configure-docker "$${key}" --quiet`, { env });
    }
  });
}

/** `us-central1-docker.pkg.dev` of `us-central1-docker.pkg.dev/<project>/bytereview`. */
function hostOf(prefix: Value): Value | undefined {
  const parts = partsOf(prefix);
  const end = parts.findIndex((one) => typeof one === "string" && one.includes("/"));
  if (end < 0) return prefix === "" ? undefined : prefix;
  const last = parts[end];
  const host = joined(...parts.slice(0, end), typeof last === "string" ? (last.split("/", 1)[0] ?? "") : "");
  return host === "" ? undefined : host;
}
