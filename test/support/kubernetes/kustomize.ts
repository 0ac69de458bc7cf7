import path from "node:path";
import { parse, parseAllDocuments } from "yaml";

// As much of kustomize as the files that are written here use, so that overlays can be looked at merged where kustomize is not installed.
// Where it is, a test holds the two against each other.

export type Json = { [key: string]: unknown };
export type Thing = Json & { apiVersion: string; kind: string; metadata: Json & { name: string } };
type Texts = ReadonlyMap<string, string>;
type Kustomization = {
  namespace?: string;
  labels?: { pairs: Record<string, string>; includeTemplates?: boolean }[];
  resources?: string[];
  components?: string[];
  patches?: { path: string; target?: { kind: string; labelSelector?: string } }[];
  images?: { name: string; newName?: string; newTag?: string }[];
  configMapGenerator?: { name: string; envs?: string[]; files?: string[] }[];
  replacements?: {
    source: { kind: string; name: string; fieldPath: string };
    targets: { select: { kind: string; name: string }; fieldPaths: string[]; options?: { create?: boolean } }[];
  }[];
};

/** The objects of a folder, merged, without the hashes after generated names. */
export function build(texts: Texts, folder: string, things: Thing[] = []): Thing[] {
  const text = (file: string) => {
    const found = texts.get(path.posix.join(folder, file));
    if (found === undefined) throw new Error(`${folder} names ${file}, which is not there`);
    return found;
  };
  const all = parse(text("kustomization.yaml")) as Kustomization;
  for (const one of all.resources ?? [])
    things.push(...(one.endsWith(".yaml") ? documents(text(one)) : build(texts, path.posix.join(folder, one))));
  // A component works on what is there already.
  for (const one of all.components ?? []) build(texts, path.posix.join(folder, one), things);
  for (const { name, envs = [], files = [] } of all.configMapGenerator ?? []) {
    const data = {
      ...Object.assign({}, ...envs.map((one) => envData(text(one)))),
      ...Object.fromEntries(files.map((one) => [path.posix.basename(one), text(one)])),
    } as Json;
    things.push({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data });
  }
  for (const { path: file, target } of all.patches ?? [])
    for (const patch of documents(text(file))) {
      const hit = things.filter((one) =>
        target
          ? one.kind === target.kind && isSelected(one, target.labelSelector)
          : one.kind === patch.kind && one.metadata.name === patch.metadata.name,
      );
      if (hit.length === 0) throw new Error(`${file} patches ${patch.kind} ${patch.metadata.name}, which is not there`);
      for (const one of hit) merge(one, { ...patch, metadata: { ...patch.metadata, name: one.metadata.name } });
    }
  for (const { pairs, includeTemplates } of all.labels ?? [])
    for (const one of things) {
      one.metadata["labels"] = { ...(one.metadata["labels"] as Json), ...pairs };
      const template = includeTemplates === true ? templateOf(one) : undefined;
      const job =
        one.kind === "CronJob" && includeTemplates === true ? ((one["spec"] as Json)["jobTemplate"] as Json) : undefined;
      if (job) job["metadata"] = { labels: { ...((job["metadata"] as Json | undefined)?.["labels"] as Json), ...pairs } };
      if (template) template.metadata = { ...template.metadata, labels: { ...(template.metadata?.labels as Json), ...pairs } };
    }
  for (const { name, newName, newTag } of all.images ?? [])
    for (const one of things)
      for (const container of containersOf(one))
        if (container["image"] === name || String(container["image"]).startsWith(`${name}:`))
          container["image"] = `${newName ?? name}:${newTag ?? (String(container["image"]).slice(name.length + 1) || "latest")}`;
  for (const { source, targets } of all.replacements ?? []) {
    const from = things.find((one) => one.kind === source.kind && one.metadata.name === source.name);
    const value = (from?.["data"] as Json | undefined)?.[source.fieldPath.replace("data.", "")];
    if (value === undefined) throw new Error(`there is no ${source.fieldPath} in ${source.name}`);
    for (const { select, fieldPaths } of targets) {
      const to = things.find((one) => one.kind === select.kind && one.metadata.name === select.name);
      if (!to) throw new Error(`there is no ${select.kind} ${select.name}`);
      for (const field of fieldPaths) put(to, steps(field), value);
    }
  }
  for (const one of all.namespace === undefined ? [] : things) {
    if (one.kind !== "Namespace") one.metadata["namespace"] = all.namespace;
    for (const subject of (one["subjects"] ?? []) as Json[]) subject["namespace"] = all.namespace;
  }
  return things;
}

export function documents(text: string): Thing[] {
  return parseAllDocuments(text).map((one) => {
    if (one.errors.length > 0) throw one.errors[0] as Error;
    return one.toJS() as Thing;
  });
}

function envData(text: string): Json {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}

function isSelected(one: Thing, selector: string | undefined): boolean {
  if (selector === undefined) return true;
  const [key = "", value] = selector.split("=");
  return (one.metadata["labels"] as Json | undefined)?.[key] === value;
}

const mergeKeys: Readonly<Record<string, string>> = {
  containers: "name",
  initContainers: "name",
  volumes: "name",
  env: "name",
  volumeMounts: "mountPath",
  ports: "containerPort",
};

function merge(into: Json, patch: Json): void {
  for (const [key, value] of Object.entries(patch)) {
    const before = into[key];
    if (value === null) delete into[key];
    else if (Array.isArray(value)) into[key] = mergedList(key, (before ?? []) as Json[], value as Json[]);
    else if (typeof value === "object" && typeof before === "object" && before !== null) merge(before as Json, value as Json);
    else into[key] = value;
  }
}

function mergedList(key: string, before: Json[], patch: Json[]): unknown[] {
  if (patch[0]?.["$patch"] === "replace") return patch.slice(1);
  const by = mergeKeys[key];
  if (by === undefined) return patch;
  const out = before.map((one) => structuredClone(one));
  const added: Json[] = [];
  for (const one of patch) {
    const found = out.find((other) => other[by] === one[by]);
    if (one["$patch"] === "delete")
      out.splice(
        out.findIndex((other) => other === found),
        1,
      );
    else if (one["$patch"] === "replace" && found) {
      const { $patch: _, ...rest } = one;
      out.splice(out.indexOf(found), 1, rest);
    } else if (found) merge(found, one);
    else added.push(one);
  }
  return [...added, ...out];
}

type Template = { metadata?: { labels?: unknown }; spec: Json };

export function templateOf(one: Thing): Template | undefined {
  const spec = (one["spec"] ?? {}) as Json;
  if (one.kind === "CronJob") return (spec["jobTemplate"] as { spec: { template: Template } }).spec.template;
  return one.kind === "Deployment" ? (spec["template"] as Template) : undefined;
}

export function containersOf(one: Thing): Json[] {
  const spec = templateOf(one)?.spec;
  return [...((spec?.["initContainers"] ?? []) as Json[]), ...((spec?.["containers"] ?? []) as Json[])];
}

function steps(field: string): string[] {
  return [...field.matchAll(/\[([^\]]+)\]|([^.[\]]+)/g)].map(([, bracketed, plain]) => bracketed ?? plain ?? "");
}

function put(into: Json, [first = "", ...rest]: string[], value: unknown): void {
  if (rest.length === 0) into[first] = value;
  else put((into[first] ??= {}) as Json, rest, value);
}
