import { spawnSync } from "node:child_process";
import type { Environment } from "../../src/spec/environment.ts";
import type { File } from "../../src/synth/file.ts";
import { pipelines } from "../../src/synth/pipelines/index.ts";
import type { Subject } from "../../src/synth/subject.ts";
import { type ExampleName, exampleNames, subjectOf } from "./synth.ts";

export const systems = ["github actions", "gitlab ci", "cloud build"] as const;
export type System = (typeof systems)[number];

/** The same product with its pipeline on another system. */
export function on(system: System, subject: Subject): Subject {
  const environments = subject.environments.map((one): Environment => {
    const { pipeline } = one;
    return pipeline === undefined ? one : { ...one, pipeline: { ...pipeline, runsOn: [system] } };
  });
  return { ...subject, environments };
}

type Case = {
  readonly name: string;
  readonly example: ExampleName;
  readonly plain: boolean;
  readonly switches: Readonly<Record<string, string>>;
};

/** Every example, with Gantry and without; the one that has a choice of clouds on each. */
export const cases: readonly Case[] = exampleNames.flatMap((example) =>
  (example === "ai-governance" ? ["aws", "azure"] : [undefined]).flatMap((cloud) =>
    [false, true].map((plain) => ({
      name: [example, ...(cloud === undefined ? [] : [`on ${cloud}`]), ...(plain ? ["without Gantry"] : [])].join(" "),
      example,
      plain,
      switches: cloud === undefined ? {} : { cloud },
    })),
  ),
);

export async function pipelineFiles(system: System, { example, plain, switches }: Omit<Case, "name">): Promise<readonly File[]> {
  return pipelines(on(system, await subjectOf(example, { plain, switches })));
}

export async function fileOf(system: System, example: ExampleName, path: string, plain = false): Promise<string> {
  const files = await pipelineFiles(system, { example, plain, switches: {} });
  const file = files.find((one) => one.path === path);
  if (file === undefined) throw new Error(`no ${path} among ${files.map((one) => one.path).join(", ")}`);
  return file.text;
}

export function onPath(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
}

/** What shellcheck says of a script. */
export function shellcheck(script: string, shell: "bash" | "sh" = "bash"): string {
  const { stdout, status } = spawnSync("shellcheck", ["--shell", shell, "--severity", "info", "--format", "gcc", "-"], {
    input: script,
    encoding: "utf8",
  });
  return status === 0 ? "" : stdout;
}
