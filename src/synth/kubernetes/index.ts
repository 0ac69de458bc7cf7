import type { Environment } from "../../spec/environment.ts";
import type { File } from "../file.ts";
import { layoutOf } from "../layout.ts";
import { type Subject, inCloud } from "../subject.ts";
import { noted, yaml, yamlDocuments } from "../text/yaml.ts";
import { type Generated, type ObjectFiles, cloudFree, generated, hasSidecars } from "./base.ts";
import { applyName, applyScript } from "./apply.ts";
import { guide } from "./guide.ts";
import { type Fields, type Manifest, identityOf } from "./manifest.ts";
import { namespaceOf } from "./namespace.ts";
import { configLines, images, outputLines, ownObjects, replacements } from "./overlay.ts";
import { patchOf } from "./patch.ts";
import { runsOnKubernetes } from "./runs.ts";
import { sidecarMap, sidecarPatch } from "./sidecar.ts";
import { hasStandby, imagesThere, standbyPatches } from "./standby.ts";
import { allAuthorities, trustedFile, trustedMap } from "./trusted.ts";
import { terraformValues } from "./values.ts";
import { workloadsOf } from "./workload.ts";

/** A kustomize base with what all clusters share, and an overlay for each environment. */
export function kubernetes(subject: Subject): readonly File[] {
  const environments = inCloud(subject).filter(runsOnKubernetes);
  const [first] = environments;
  if (first === undefined) return [];
  const folder = layoutOf(subject).kubernetes;
  const base = { objects: shared(environments.map(cloudFree)), generated: sharedMaps(environments.map(generated)) };
  return [
    { path: `${folder}/README.md`, text: guide(subject, environments) },
    applyScript(subject, environments, layoutOf(subject)),
    ...baseFiles(`${folder}/base`, base),
    ...(environments.some(hasSidecars) ? sidecarFiles(`${folder}/components/tls-sidecar`) : []),
    ...environments.flatMap((one) => overlayFiles(subject, `${folder}/overlays/${one.environment}`, one, base)),
    ...environments.filter(hasStandby).flatMap((one) => standbyFiles(`${folder}/overlays/${one.environment}-standby`, one)),
  ];
}

type Base = { readonly objects: ObjectFiles; readonly generated: readonly Generated[] };

/** The first environment's objects that all the others have too. */
function shared(all: readonly ObjectFiles[]): ObjectFiles {
  const [first = new Map<string, readonly Manifest[]>(), ...others] = all;
  const elsewhere = others.map(
    (files) => new Set([...files].flatMap(([file, objects]) => objects.map((one) => `${file} ${identityOf(one)}`))),
  );
  const files = [...first].map(([file, objects]): [string, readonly Manifest[]] => [
    file,
    objects.filter((one) => elsewhere.every((known) => known.has(`${file} ${identityOf(one)}`))),
  ]);
  return new Map(files.filter(([, objects]) => objects.length > 0));
}

function sharedMaps(all: readonly (readonly Generated[])[]): readonly Generated[] {
  const [first = [], ...others] = all;
  return first.filter((one) => others.every((other) => other.some((its) => isSameMap(one, its))));
}

function isSameMap(one: Generated, other: Generated): boolean {
  return one.name === other.name && JSON.stringify(one.files) === JSON.stringify(other.files);
}

function baseFiles(folder: string, { objects, generated: maps }: Base): readonly File[] {
  const kustomization: Fields = {
    ...head("Kustomization"),
    resources: [...objects.keys()],
    ...(maps.length > 0 ? { configMapGenerator: maps.map(generator) } : {}),
  };
  return [
    { path: `${folder}/kustomization.yaml`, text: yaml(kustomization) },
    ...[...objects].map(([file, list]) => ({ path: `${folder}/${file}`, text: yamlDocuments(list) })),
    ...maps.flatMap((one) => mapFiles(folder, one)),
  ];
}

function overlayFiles(subject: Subject, folder: string, environment: Environment, base: Base): readonly File[] {
  const namespace = namespaceOf(subject, environment);
  const inBase = new Map([...base.objects.values()].flat().map((one) => [identityOf(one), one]));
  const all = [...cloudFree(environment).values()].flat();
  const patches: readonly Fields[] = all.flatMap((wanted) => {
    const before = inBase.get(identityOf(wanted));
    const patch = before === undefined ? undefined : patchOf(before, wanted);
    return patch === undefined ? [] : [patch];
  });
  const added = all.filter((one) => !inBase.has(identityOf(one)));
  const own = new Map([...(added.length > 0 ? [["added.yaml", added] as const] : []), ...ownObjects(environment, namespace)]);
  const maps = generated(environment).filter((one) => !base.generated.some((other) => isSameMap(one, other)));
  const workloads = workloadsOf(environment);
  const outputs = outputLines(environment);
  const trusted = allAuthorities(environment).length > 0;
  const replaced = replacements(environment);
  const kustomization: Fields = {
    ...head("Kustomization"),
    namespace,
    labels: [{ pairs: labels(subject, environment), includeTemplates: true }],
    resources: ["../../base", ...own.keys()],
    ...(hasSidecars(environment) ? { components: ["../../components/tls-sidecar"] } : {}),
    ...(patches.length > 0 ? { patches: [{ path: "patches.yaml" }] } : {}),
    images: noted("A release writes the version that it rolls out; under this tag there is no image.", images(environment)),
    configMapGenerator: [
      ...maps.map(generator),
      ...workloads.map(({ name }) => ({ name, envs: [`services/${name}.env`] })),
      ...(outputs.length > 0 ? [{ name: terraformValues, envs: ["terraform.env"] }] : []),
      ...(trusted ? [{ name: trustedMap, files: [trustedFile] }] : []),
    ],
    ...(replaced.length > 0 ? { replacements: replaced } : {}),
  };
  return [
    { path: `${folder}/kustomization.yaml`, text: yaml(kustomization) },
    ...[...own].map(([file, objects]) => ({ path: `${folder}/${file}`, text: yamlDocuments(objects) })),
    ...(patches.length > 0 ? [{ path: `${folder}/patches.yaml`, text: yamlDocuments(patches) }] : []),
    ...maps.flatMap((one) => mapFiles(folder, one)),
    ...workloads.map((one) => ({ path: `${folder}/services/${one.name}.env`, text: lines(configLines(environment, one)) })),
    ...(trusted ? [{ path: `${folder}/${trustedFile}`, text: lines(trustedComment) }] : []),
    ...(outputs.length > 0 ? [{ path: `${folder}/terraform.env`, text: lines([...outputsComment, ...outputs]) }] : []),
  ];
}

const outputsComment = [`# What only Terraform knows. ${applyName} puts it in, in a copy: this file stays as it is.`];

const trustedComment = [
  "# The authorities of stores that sign their certificates themselves.",
  `# ${applyName} puts them in, in a copy: this file stays as it is.`,
];

function labels(subject: Subject, { cloud }: Environment): Fields {
  return {
    "app.kubernetes.io/part-of": subject.name,
    ...(cloud === "azure" ? { "azure.workload.identity/use": "true" } : {}),
  };
}

/** What ends TLS beside services, for overlays to take in. */
function sidecarFiles(folder: string): readonly File[] {
  const kustomization: Fields = {
    apiVersion: "kustomize.config.k8s.io/v1alpha1",
    kind: "Component",
    patches: [{ path: "deployment.yaml", target: { kind: "Deployment", labelSelector: "tls-sidecar=true" } }],
    configMapGenerator: [generator({ ...sidecarMap, folder: "." })],
  };
  return [
    { path: `${folder}/kustomization.yaml`, text: yaml(kustomization) },
    { path: `${folder}/deployment.yaml`, text: yaml(sidecarPatch()) },
    ...mapFiles(folder, { ...sidecarMap, folder: "." }),
  ];
}

function head(kind: string): Fields {
  return { apiVersion: "kustomize.config.k8s.io/v1beta1", kind };
}

function generator({ name, folder, files }: Generated): Fields {
  return { name, files: Object.keys(files).map((file) => inFolder(folder, file)) };
}

function mapFiles(folder: string, { folder: its, files }: Generated): readonly File[] {
  return Object.entries(files).map(([file, text]) => ({
    path: `${folder}/${inFolder(its, file)}`,
    text,
    ...(file.endsWith(".sh") ? { executable: true } : {}),
  }));
}

function inFolder(folder: string, file: string): string {
  return folder === "." ? file : `${folder}/${file}`;
}

/** The same in the second region, for the cluster that stands ready there. */
function standbyFiles(folder: string, environment: Environment): readonly File[] {
  const patches = standbyPatches(environment);
  const moved = imagesThere(environment);
  const kustomization: Fields = {
    ...head("Kustomization"),
    resources: [`../${environment.environment}`],
    ...(patches.length > 0 ? { patches: [{ path: "patches.yaml" }] } : {}),
    ...(moved.length > 0
      ? { images: noted("The registry of this region has the same images: that of the first may be lost with it.", moved) }
      : {}),
  };
  return [
    { path: `${folder}/kustomization.yaml`, text: yaml(kustomization) },
    ...(patches.length > 0 ? [{ path: `${folder}/patches.yaml`, text: yamlDocuments(patches) }] : []),
  ];
}

function lines(given: readonly string[]): string {
  return given.map((one) => `${one}\n`).join("");
}
