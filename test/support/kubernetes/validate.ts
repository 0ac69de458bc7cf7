import * as models from "@kubernetes/client-node/dist/gen/models/all.js";
import { Ajv, type ValidateFunction } from "ajv";
import { customSchemas } from "./custom-schemas.ts";
import type { Json, Thing } from "./kustomize.ts";

// Two readers of the official API: one knows what is required and of which type, the other every field there is.

type Attribute = { name: string; baseName: string; type: string };
type Model = { getAttributeTypeMap(): Attribute[] };
type Checked = { validate(): void };

const ajv = new Ajv({ strict: false });
const custom = new Map<string, ValidateFunction>();

/** Everything that is wrong with an object, or nothing. */
export async function problemsOf(thing: Thing): Promise<string[]> {
  const what = `${thing.kind} ${thing.metadata?.name ?? ""}`;
  const key = `${thing.apiVersion}/${thing.kind}`;
  const schema = customSchemas[key];
  if (schema) {
    const validate = custom.get(key) ?? ajv.compile(schema);
    custom.set(key, validate);
    return validate(thing)
      ? []
      : (validate.errors ?? []).map((one) => `${what}${one.instancePath}: ${String(one.message)} ${JSON.stringify(one.params)}`);
  }
  const problems: string[] = [];
  const group = thing.apiVersion.includes("/") ? thing.apiVersion : `v1`;
  try {
    const module = (await import(/* @vite-ignore */ `kubernetes-models/${group}`)) as Record<
      string,
      new (data: unknown) => Checked
    >;
    const Type = module[thing.kind];
    if (!Type) return [`${what}: ${key} is not in the API`];
    new Type(thing).validate();
  } catch (error) {
    problems.push(`${what}: ${(error as Error).message}`);
  }
  const version = thing.apiVersion.split("/").at(-1) ?? "";
  const model = modelOf(`${version[0]?.toUpperCase()}${version.slice(1)}${thing.kind}`);
  if (!model) problems.push(`${what}: there is no model for ${key}`);
  else unknownFields(thing, model, what, problems);
  return problems;
}

function modelOf(name: string): Model | undefined {
  return (models as unknown as Record<string, Model | undefined>)[name];
}

function unknownFields(value: unknown, model: Model, at: string, problems: string[]): void {
  if (typeof value !== "object" || value === null) return;
  const known = new Map(model.getAttributeTypeMap().map((one) => [one.baseName, one.type]));
  for (const [key, inner] of Object.entries(value)) {
    const type = known.get(key);
    if (type === undefined) problems.push(`${at}.${key}: there is no such field`);
    else descend(inner, type, `${at}.${key}`, problems);
  }
}

function descend(value: unknown, type: string, at: string, problems: string[]): void {
  const list = /^Array<(.+)>$/.exec(type)?.[1];
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(type)?.[1];
  if (list !== undefined) (value as unknown[]).forEach((one, index) => descend(one, list, `${at}[${index}]`, problems));
  else if (map !== undefined) for (const [key, one] of Object.entries(value as Json)) descend(one, map, `${at}.${key}`, problems);
  else {
    const model = modelOf(type);
    if (model) unknownFields(value, model, at, problems);
  }
}
