import { posix } from "node:path";
import { format } from "@cdktf/hcl-tools";
import { bodyProblems } from "./terraform/blocks.ts";
import { type Block, type Body, type Folder, type Json, isObject, list, parsedTree } from "./terraform/parsed.ts";
import { type Reference, referencesIn } from "./terraform/references.ts";
import { type Kind, type Schemas, type Type, schemas } from "./terraform/schemas.ts";
import { inputProblems } from "./terraform/types.ts";

const declared = ["resource", "data", "ephemeral"] as const;
const metaArguments = ["count", "for_each", "provider", "depends_on", "lifecycle", "connection", "provisioner"];
const callArguments = ["source", "version", "providers", "count", "for_each", "depends_on"];
const known = new Set(["var", "local", "module", "data", "ephemeral", "each", "count", "self", "path", "terraform"]);

/**
 * What is wrong with Terraform files: a tree of them by path, each folder a module, with `source = "../x"` looked up in the tree.
 * It says what `terraform fmt`, `terraform validate` and the providers' schemas would say, and names what nothing uses.
 */
export async function terraformProblems(files: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const { folders, problems } = await parsedTree(files);
  const typesOf = typesByFolder();
  const unformatted = await unformattedFiles(files);
  return [
    ...problems,
    ...unformatted.map((file) => `${file}: terraform fmt would write it otherwise`),
    ...[...folders.values()].flatMap((folder) => [
      ...duplicates(folder),
      ...schemaProblems(folder, typesOf(folder)),
      ...providerProblems(folder),
      ...callProblems(folder, folders),
      ...referenceProblems(folder, folders, typesOf(folder)),
      ...unused(folder),
      ...valueFileProblems(folder),
    ]),
  ];
}

/** What its providers take, in the versions that a folder asks for. */
function typesByFolder(): (folder: Folder) => Schemas {
  const usual = schemas();
  const newer = schemas("newer");
  return ({ blocks }) => {
    const required = blocks
      .filter(({ type }) => type === "terraform")
      .flatMap(({ body }) => list(body["required_providers"]))
      .filter(isObject)
      .map(({ aws }) => aws)
      .filter(isObject);
    return required.some(({ version }) => String(version).startsWith("~> 6.")) ? newer : usual;
  };
}

export async function unformattedFiles(files: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [file, text] of files)
    if (/\.(tf|tfvars)$/.test(file) && (await format(text).catch(() => text)) !== text) found.push(file);
  return found;
}

/** What a module that others call has to keep to, beyond being right. */
export async function moduleProblems(files: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const { folders } = await parsedTree(files);
  return [...folders.values()].flatMap((folder) => [
    ...folder.blocks.filter(({ type }) => type === "provider").map(({ file }) => `${file}: a module has no provider block`),
    ...folder.blocks
      .filter(({ type, body }) => (type === "variable" || type === "output") && !body["description"])
      .map(({ file, type, labels }) => `${file}: ${type} ${labels[0]} has no description`),
    ...folder.blocks
      .filter(({ type, body }) => type === "variable" && body["type"] === undefined)
      .map(({ file, labels }) => `${file}: variable ${labels[0]} has no type`),
    ...["main.tf", "variables.tf", "outputs.tf", "versions.tf", "README.md"]
      .filter((name) => !files.has(`${folder.path}/${name}`))
      .map((name) => `${folder.path}: ${name} is missing`),
  ]);
}

function duplicates({ blocks }: Folder): string[] {
  const seen = new Set<string>();
  return blocks.flatMap(({ file, type, labels, body }) => {
    if (type === "provider" || labels.length === 0) return [];
    const name = [type, ...labels].join(".");
    if (seen.has(name)) return [`${file}: ${name} is declared twice`];
    seen.add(name);
    return isObject(body) ? [] : [`${file}: ${name} is empty`];
  });
}

function schemaProblems({ blocks }: Folder, types: Schemas): string[] {
  return blocks.flatMap(({ file, type, labels, body }) => {
    if (type !== "provider" && !isDeclared(type)) return [];
    const name = labels[0] ?? "";
    const where = `${file}: ${labels.join(".")}`;
    const schema = types[type].get(name);
    if (schema === undefined) return [`${where}: ${type} ${name} is in no schema`];
    const own = Object.fromEntries(Object.entries(body).filter(([key]) => !metaArguments.includes(key)));
    return [
      ...bodyProblems(own, schema.attrs, where),
      ...list(body["lifecycle"]).flatMap((one) => lifecycleProblems(one, schema, where)),
    ];
  });
}

function lifecycleProblems(lifecycle: Json, { attrs }: Type, where: string): string[] {
  if (!isObject(lifecycle)) return [];
  return [
    ...Object.keys(lifecycle)
      .filter(
        (key) =>
          ![
            "create_before_destroy",
            "prevent_destroy",
            "ignore_changes",
            "replace_triggered_by",
            "precondition",
            "postcondition",
          ].includes(key),
      )
      .map((key) => `${where}.lifecycle: ${key} is unknown`),
    ...list(lifecycle["ignore_changes"]).flatMap((one) => {
      const name = /^\$\{(\w+)/.exec(String(one))?.[1] ?? "";
      return Object.hasOwn(attrs, name) ? [] : [`${where}.lifecycle: ignore_changes of ${name}, which is unknown`];
    }),
  ];
}

/** Which providers a folder asks for, and whether it says so with a version. */
function providerProblems({ path, blocks }: Folder): string[] {
  const settings = blocks.filter(({ type }) => type === "terraform").map(({ body }) => body);
  if (blocks.length === 0) return [];
  const required = settings.flatMap((one) => list(one["required_providers"]).filter(isObject));
  const names = required.flatMap((one) => Object.keys(one));
  const used = new Set(
    blocks.filter(({ type }) => isDeclared(type)).map(({ labels }) => (labels[0] ?? "").split("_", 1)[0] ?? ""),
  );
  for (const { type, labels } of blocks) if (type === "provider") used.add(labels[0] ?? "");
  return [
    ...(settings.some((one) => one["required_version"] !== undefined) ? [] : [`${path}: required_version is missing`]),
    ...[...used]
      .filter((name) => name !== "terraform" && !names.includes(name))
      .map((name) => `${path}: provider ${name} is not required`),
    ...names.filter((name) => !used.has(name)).map((name) => `${path}: provider ${name} is required and not used`),
    ...required.flatMap((one) =>
      Object.entries(one)
        .filter(([, value]) => !isObject(value) || !value["source"] || !value["version"])
        .map(([name]) => `${path}: provider ${name} has no source or version`),
    ),
  ];
}

function callProblems(folder: Folder, folders: ReadonlyMap<string, Folder>): string[] {
  return folder.blocks
    .filter(({ type }) => type === "module")
    .flatMap((call) => {
      const where = `${call.file}: module ${call.labels[0]}`;
      const called = calledBy(call, folder, folders);
      if (called === undefined) return [`${where}: ${String(call.body["source"])} is no module`];
      const inputs = Object.entries(call.body).filter(([name]) => !callArguments.includes(name));
      const variables = blocksOf(called, "variable");
      return [
        ...inputs.filter(([name]) => !variables.has(name)).map(([name]) => `${where}: ${name} is no input of it`),
        ...[...variables]
          .filter(([name, { body }]) => body["default"] === undefined && call.body[name] === undefined)
          .map(([name]) => `${where}: ${name} is missing`),
        ...inputs.flatMap(([name, value]) => inputProblems(value, variables.get(name)?.body["type"], `${where}.${name}`)),
      ];
    });
}

function calledBy({ body }: Block, { path }: Folder, folders: ReadonlyMap<string, Folder>): Folder | undefined {
  return folders.get(posix.normalize(posix.join(path, String(body["source"]))));
}

function blocksOf({ blocks }: Folder, type: string): ReadonlyMap<string, Block> {
  return new Map(blocks.filter((one) => one.type === type).map((one) => [one.labels.join("."), one]));
}

function localsOf({ blocks }: Folder): ReadonlyMap<string, string> {
  return new Map(
    blocks
      .filter(({ type }) => type === "locals")
      .flatMap(({ file, body }) => Object.keys(body).map((name) => [name, file] as const)),
  );
}

function referenceProblems(folder: Folder, folders: ReadonlyMap<string, Folder>, types: Schemas): string[] {
  const things = {
    var: blocksOf(folder, "variable"),
    local: localsOf(folder),
    module: blocksOf(folder, "module"),
    resource: blocksOf(folder, "resource"),
    data: blocksOf(folder, "data"),
    ephemeral: blocksOf(folder, "ephemeral"),
  };
  const iterators = iteratorsOf(folder.blocks.map(({ body }) => body));
  const problem = ({ root, steps }: Reference): string | undefined => {
    const [first = "", second, third] = steps;
    const name = [root, ...steps].join(".");
    if (root === "var" || root === "local") return things[root].has(first) ? undefined : `${root}.${first} is not declared`;
    if (root === "module") {
      const call = things.module.get(first);
      if (call === undefined) return `module.${first} is not declared`;
      const called = calledBy(call, folder, folders);
      if (called === undefined || second === undefined || second === "*") return undefined;
      return blocksOf(called, "output").has(second) ? undefined : `module.${first} has no output ${second}`;
    }
    if (root === "data" || root === "ephemeral") return resourceProblem(root, first, second ?? "", third, name);
    if (known.has(root) || iterators.has(root)) return undefined;
    return resourceProblem("resource", root, first, second, name);
  };
  const resourceProblem = (
    kind: Exclude<Kind, "provider">,
    type: string,
    label: string,
    attribute: string | undefined,
    name: string,
  ) => {
    if (!things[kind].has(`${type}.${label}`)) return `${name} is not declared`;
    const schema = types[kind].get(type);
    if (schema === undefined || attribute === undefined || attribute === "*") return undefined;
    return Object.hasOwn(schema.attrs, attribute) || schema.computed.includes(attribute)
      ? undefined
      : `${name}: no such attribute`;
  };
  return folder.blocks.flatMap((block) => {
    const found = new Set(referencesIn(referring(block)).map(problem));
    return [...found].filter((one) => one !== undefined).map((one) => `${block.file}: ${one}`);
  });
}

/** The parts of a block in which names refer to something else. */
function referring({ type, body }: Block): Body {
  if (type === "moved" || type === "removed") return {};
  const out: Record<string, Json> = {};
  for (const [name, value] of Object.entries(body)) {
    if ((type === "variable" && name === "type") || name === "provider" || name === "providers") continue;
    out[name] = name === "lifecycle" ? list(value).map((one) => (isObject(one) ? { ...one, ignore_changes: null } : one)) : value;
  }
  return out;
}

function iteratorsOf(values: readonly Json[]): Set<string> {
  const names = new Set<string>();
  const walk = (value: Json) => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (isObject(value))
      for (const [key, one] of Object.entries(value)) {
        if (key === "dynamic" && isObject(one))
          for (const [label, blocks] of Object.entries(one)) {
            names.add(label);
            for (const block of list(blocks).filter(isObject))
              names.add(/^\$\{(\w+)\}$/.exec(String(block["iterator"]))?.[1] ?? label);
          }
        walk(one);
      }
  };
  values.forEach(walk);
  return names;
}

function unused(folder: Folder): string[] {
  const used = new Set<string>();
  for (const block of folder.blocks)
    for (const { root, steps } of referencesIn(referring(block))) {
      const name = [root, ...steps.slice(0, root === "data" || root === "ephemeral" ? 2 : 1)].join(".");
      if (!(block.type === "variable" && name === `var.${block.labels[0]}`)) used.add(name);
    }
  const things = [
    ...[...blocksOf(folder, "variable")].map(([name, { file }]) => [file, `var.${name}`] as const),
    ...[...localsOf(folder)].map(([name, file]) => [file, `local.${name}`] as const),
    ...(["data", "ephemeral"] as const).flatMap((type) =>
      [...blocksOf(folder, type)].map(([name, { file }]) => [file, `${type}.${name}`] as const),
    ),
  ];
  return things.filter(([, name]) => !used.has(name)).map(([file, name]) => `${file}: nothing uses ${name}`);
}

function valueFileProblems(folder: Folder): string[] {
  const variables = blocksOf(folder, "variable");
  return [...folder.values].flatMap(([file, values]) =>
    Object.entries(values).flatMap(([name, value]) =>
      variables.has(name)
        ? inputProblems(value, variables.get(name)?.body["type"], `${file}: ${name}`)
        : [`${file}: ${name} is no variable of it`],
    ),
  );
}

function isDeclared(type: string): type is (typeof declared)[number] {
  return (declared as readonly string[]).includes(type);
}
