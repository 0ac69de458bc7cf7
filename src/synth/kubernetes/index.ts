import type { Environment } from "../../spec/environment.ts";
import type { File } from "../file.ts";
import { layoutOf } from "../layout.ts";
import { type Subject, inCloud } from "../subject.ts";
import { type YamlValue, noted, yaml, yamlDocuments } from "../text/yaml.ts";
import { type ObjectFiles, cloudFree, generated } from "./base.ts";
import { guide } from "./guide.ts";
import { type Fields, type Manifest, sameObject } from "./manifest.ts";
import { configLines, images, outputLines, ownObjects, replacements } from "./overlay.ts";
import { patchOf } from "./patch.ts";
import { runsOnKubernetes } from "./runs.ts";
import { sidecarPatch } from "./sidecar.ts";
import { terraformValues } from "./values.ts";
import { workloadsOf } from "./workload.ts";

/** A kustomize base with what all clusters share, and an overlay for each environment. */
export function kubernetes(subject: Subject): readonly File[] {
  const environments = inCloud(subject).filter(runsOnKubernetes);
  const [first] = environments;
  if (first === undefined) return [];
  const folder = layoutOf(subject).kubernetes;
  const base = shared(environments.map(cloudFree));
  return [
    { path: `${folder}/README.md`, text: guide(subject, environments) },
    ...baseFiles(subject, `${folder}/base`, first, base),
    ...environments.flatMap((one) => overlayFiles(subject, `${folder}/overlays/${one.environment}`, one, base)),
  ];
}

/** The first environment's objects that all the others have too. */
function shared(all: readonly ObjectFiles[]): ObjectFiles {
  const [first = new Map<string, readonly Manifest[]>(), ...others] = all;
  const files = [...first].map(([file, objects]): [string, readonly Manifest[]] => [
    file,
    objects.filter((one) => others.every((other) => other.get(file)?.some((its) => sameObject(its, one)))),
  ]);
  return new Map(files.filter(([, objects]) => objects.length > 0));
}

function baseFiles(subject: Subject, folder: string, environment: Environment, objects: ObjectFiles): readonly File[] {
  const makes = generated(environment);
  const sidecar = makes.some(({ name }) => name === "tls-sidecar");
  const kustomization: Fields = {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    labels: [{ pairs: { "app.kubernetes.io/part-of": subject.name }, includeTemplates: true }],
    resources: [...objects.keys()],
    ...(sidecar
      ? { patches: [{ path: "tls-sidecar/deployment.yaml", target: { kind: "Deployment", labelSelector: "tls-sidecar=true" } }] }
      : {}),
    ...(makes.length > 0
      ? {
          configMapGenerator: makes.map(({ name, folder: its, files }) => ({
            name,
            files: Object.keys(files).map((file) => `${its}/${file}`),
          })),
        }
      : {}),
  };
  return [
    { path: `${folder}/kustomization.yaml`, text: yaml(kustomization) },
    ...[...objects].map(([file, list]) => ({ path: `${folder}/${file}`, text: yamlDocuments(list) })),
    ...(sidecar ? [{ path: `${folder}/tls-sidecar/deployment.yaml`, text: yaml(sidecarPatch()) }] : []),
    ...makes.flatMap(({ folder: its, files }) =>
      Object.entries(files).map(([file, text]) => ({
        path: `${folder}/${its}/${file}`,
        text,
        ...(file.endsWith(".sh") ? { executable: true } : {}),
      })),
    ),
  ];
}

function overlayFiles(subject: Subject, folder: string, environment: Environment, base: ObjectFiles): readonly File[] {
  const namespace = namespaceOf(subject, environment);
  const all = cloudFree(environment);
  const inBase = [...base.values()].flat();
  const patches: readonly Fields[] = [...all.values()].flat().flatMap((wanted) => {
    const before = inBase.find((one) => sameObject(one, wanted));
    const patch = before === undefined ? undefined : patchOf(before, wanted);
    return patch === undefined ? [] : [patch];
  });
  const added = [...all.values()].flat().filter((one) => !inBase.some((other) => sameObject(other, one)));
  const own = new Map([...(added.length > 0 ? [["added.yaml", added] as const] : []), ...ownObjects(environment, namespace)]);
  const workloads = workloadsOf(environment);
  const outputs = outputLines(environment);
  const generator: YamlValue[] = workloads.map(({ name }) => ({ name, envs: [`${name}.env`] }));
  const replaced = replacements(environment);
  const kustomization: Fields = {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    namespace,
    ...(environment.cloud === "azure"
      ? { labels: [{ pairs: { "azure.workload.identity/use": "true" }, includeTemplates: true }] }
      : {}),
    resources: ["../../base", ...own.keys()],
    ...(patches.length > 0 ? { patches: [{ path: "patches.yaml" }] } : {}),
    images: noted("A release writes the version that it rolls out; under this tag there is no image.", images(environment)),
    configMapGenerator: [...generator, ...(outputs.length > 0 ? [{ name: terraformValues, envs: ["terraform.env"] }] : [])],
    ...(replaced.length > 0 ? { replacements: replaced } : {}),
  };
  return [
    { path: `${folder}/kustomization.yaml`, text: yaml(kustomization) },
    ...[...own].map(([file, objects]) => ({ path: `${folder}/${file}`, text: yamlDocuments(objects) })),
    ...(patches.length > 0 ? [{ path: `${folder}/patches.yaml`, text: yamlDocuments(patches) }] : []),
    ...workloads.map((one) => ({ path: `${folder}/${one.name}.env`, text: lines(configLines(environment, one)) })),
    ...(outputs.length > 0
      ? [
          {
            path: `${folder}/terraform.env`,
            text: lines([
              "# Known once Terraform has run: its outputs replace what stands here before this is applied.",
              ...outputs,
            ]),
          },
        ]
      : []),
  ];
}

/** One cluster an environment: the product's name is enough. Where environments share one, each has its own. */
function namespaceOf(subject: Subject, environment: Environment): string {
  const here = clusterOf(environment);
  const alone = inCloud(subject).filter((one) => runsOnKubernetes(one) && clusterOf(one) === here).length === 1;
  return alone ? subject.name : `${subject.name}-${environment.environment}`;
}

function clusterOf(environment: Environment): string {
  if (environment.cloud === "local") return "";
  const account =
    environment.cloud === "gcp"
      ? environment.project
      : environment.cloud === "aws"
        ? environment.account
        : environment.subscription;
  return [environment.cloud, account, environment.region, environment.cluster?.name].join(" ");
}

function lines(given: readonly string[]): string {
  return given.map((one) => `${one}\n`).join("");
}
