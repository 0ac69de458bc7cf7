import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { temporaryFolder } from "./gantry.ts";

// Two things that run Rego: `opa`, where it is on PATH, and regorus, which lies within AWS' validator of CloudFormation templates.

export type Modules = Readonly<Record<string, string>>;

type Engine = {
  validateStandard(template: unknown, config: unknown): { diagnostics: readonly { message: string }[] };
  free(): void;
};
type Validator = { RegoEngine: new (config: { customRules: readonly { name: string; content: string }[] }) => Engine };

const validator = loaded();
export const regorusIsThere = validator !== undefined;
export const opaIsThere = spawnSync("opa", ["version"]).status === 0;

function loaded(): Validator | undefined {
  try {
    return createRequire(import.meta.url)("@aws/cloudformation-validate") as Validator;
  } catch {
    return undefined;
  }
}

/** What `query` is, as JSON, with these modules loaded; it throws what the engine says where they cannot be compiled. */
export function evaluate(modules: Modules, query: string): unknown {
  if (!validator) throw new Error("nothing here runs Rego");
  const packages = new Set(Object.values(modules).map((text) => /^package (\S+)$/m.exec(text)?.[1] ?? "main"));
  // The validator wants a rule of that name in every package.
  const wanted = [...packages].map((name) => `package ${name}\n\nimport rego.v1\n\nviolation contains 1 if false\n`);
  const probe = [
    "package probe",
    "import rego.v1",
    `answer := ${query}`,
    'violation contains make_diag("X0001", "ERROR", "R", json.marshal(answer))',
  ].join("\n");
  const customRules = [
    ...Object.entries(modules),
    ...wanted.map((text, index) => [`wanted-${index}.rego`, text] as const),
    ["probe.rego", probe] as const,
  ].map(([name, content]) => ({ name, content }));
  const engine = new validator.RegoEngine({ customRules });
  try {
    const template = { path: "t.json", readBytes: () => Buffer.from('{"Resources":{"R":{"Type":"AWS::S3::Bucket"}}}') };
    const [found] = engine.validateStandard(template, { disableBuiltinRules: true }).diagnostics;
    return found === undefined ? undefined : JSON.parse(found.message);
  } finally {
    engine.free();
  }
}

/** What `opa` says of a folder of these modules: its exit status and everything that it prints. */
export function opa(modules: Modules, ...command: readonly string[]): { readonly status: number | null; readonly said: string } {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(modules)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  const { status, stdout, stderr } = spawnSync("opa", [...command, folder], { encoding: "utf8" });
  return { status, said: stdout + stderr };
}
