import { spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { parse } from "yaml";

type Field = { readonly type: string; readonly id: number; readonly rule?: string; readonly keyType?: string };
type Entry = {
  readonly fields?: Readonly<Record<string, Field>>;
  readonly values?: Readonly<Record<string, number>>;
  readonly nested?: Readonly<Record<string, Entry>>;
};

const protos = createRequire(import.meta.url)("@google-cloud/cloudbuild/build/protos/protos.json") as Entry;
const root = ["google", "devtools", "cloudbuild", "v1"];

/** What is wrong with a build file by Google's own definition of a build: fields that there are not, and values of another type. */
export function buildProblems(text: string): readonly string[] {
  const problems: string[] = [];
  message(parse(text), "Build", root, "", problems);
  return problems;
}

function entryAt(names: readonly string[]): Entry | undefined {
  return names.reduce<Entry | undefined>((one, name) => one?.nested?.[name], protos);
}

/** A type is looked for in the message that names it, then further out. */
function find(type: string, within: readonly string[]): { readonly entry: Entry; readonly at: readonly string[] } | undefined {
  const names = type.replace(/^\./, "").split(".");
  for (let depth = within.length; depth >= 0; depth--) {
    const at = [...within.slice(0, depth), ...names];
    const entry = entryAt(at);
    if (entry !== undefined) return { entry, at };
  }
  return undefined;
}

function message(value: unknown, type: string, within: readonly string[], place: string, problems: string[]): void {
  const found = find(type, within);
  if (found?.entry.values !== undefined) {
    if (typeof value !== "string" || !Object.hasOwn(found.entry.values, value))
      problems.push(`${place}: ${JSON.stringify(value)} is no ${type}`);
    return;
  }
  // Durations and timestamps are written as text.
  if (type.startsWith("google.protobuf.")) {
    if (type.endsWith("Duration") && (typeof value !== "string" || !/^\d+(\.\d+)?s$/.test(value)))
      problems.push(`${place}: not a duration`);
    return;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    problems.push(`${place}: not a ${type}`);
    return;
  }
  for (const [name, one] of Object.entries(value)) {
    const field = found?.entry.fields?.[name];
    const here = place === "" ? name : `${place}.${name}`;
    if (field === undefined) problems.push(`${here}: unknown`);
    else if (field.rule === "repeated") {
      if (!Array.isArray(one)) problems.push(`${here}: not a list`);
      else one.forEach((item, index) => scalarOrMessage(item, field.type, found?.at ?? [], `${here}[${index}]`, problems));
    } else if (field.keyType !== undefined) {
      if (typeof one !== "object" || one === null || Array.isArray(one)) problems.push(`${here}: not a map`);
      else
        for (const [key, item] of Object.entries(one))
          scalarOrMessage(item, field.type, found?.at ?? [], `${here}.${key}`, problems);
    } else scalarOrMessage(one, field.type, found?.at ?? [], here, problems);
  }
}

function scalarOrMessage(value: unknown, type: string, within: readonly string[], place: string, problems: string[]): void {
  const scalars: Readonly<Record<string, string>> = {
    string: "string",
    bool: "boolean",
    int32: "number",
    int64: "number",
    bytes: "string",
    double: "number",
  };
  const wanted = scalars[type];
  if (wanted === undefined) message(value, type, within, place, problems);
  else if (typeof value !== wanted) problems.push(`${place}: not a ${wanted}`);
}

/** The folder of an installed gcloud, whose own reader of build files is asked too. */
export function gcloudFolder(): string | undefined {
  const { stdout, status } = spawnSync("sh", ["-c", "command -v gcloud"], { encoding: "utf8" });
  if (status !== 0) return undefined;
  const folder = path.resolve(path.dirname(realpathSync(stdout.trim())), "..");
  return existsSync(path.join(folder, "lib/googlecloudsdk/api_lib/cloudbuild/config.py")) ? folder : undefined;
}

const reader = `
import sys
root = sys.argv[1]
sys.path[:0] = [root + "/lib/third_party", root + "/lib"]
from googlecloudsdk.api_lib.cloudbuild import config, cloudbuild_util
messages = cloudbuild_util.GetMessagesModule()
for path in sys.argv[2:]:
  try:
    config.LoadCloudbuildConfigFromPath(path, messages, params={})
  except Exception as error:
    print(path, type(error).__name__, error)
`;

/** What gcloud says of build files that it would send; nothing is sent. */
export function gcloudProblems(folder: string, files: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync("python3", ["-c", reader, folder, ...files], { encoding: "utf8" });
  return status === 0 ? stdout : `${stdout}${stderr}`;
}
