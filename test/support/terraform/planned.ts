import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parsedTree } from "./parsed.ts";
import { standIns } from "./stand-ins.ts";

export function hasTerraform(): boolean {
  return spawnSync("terraform", ["version"], { stdio: "ignore" }).status === 0;
}

export type Planned = {
  readonly problems: string;
  /** What would be made, by address: `module.network["westeurope"].azurerm_subnet.nodes["1"]`. */
  readonly made: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
};

/** Terraform's own plan of a root in a tree of files, with stand-ins for what providers make. */
export async function planned(
  files: ReadonlyMap<string, string>,
  root: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Planned> {
  const { folders } = await parsedTree(files);
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-plan-"));
  try {
    const write = (file: string, text: string) => {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    };
    for (const one of folders.values()) for (const [file, text] of standIns(one)) write(file, text);
    for (const [file, text] of files) if (!/\.(tf|tfvars|md)$/.test(file)) write(file, text);
    write(`${root}/zz-given.auto.tfvars.json`, JSON.stringify(variables));
    const run = (...args: string[]) =>
      spawnSync("terraform", args, {
        cwd: path.join(folder, root),
        encoding: "utf8",
        maxBuffer: 64 * 2 ** 20,
        env: { ...process.env, TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE: "/dev/null" },
      });
    for (const args of [
      ["init", "-no-color", "-input=false"],
      ["plan", "-no-color", "-input=false", "-out=plan"],
    ]) {
      const { status, stdout, stderr } = run(...args);
      if (status !== 0)
        return { problems: (stderr || stdout).replace(/^.{400,}$/gm, (line) => `${line.slice(0, 400)} …`), made: new Map() };
    }
    const shown = JSON.parse(run("show", "-json", "plan").stdout) as {
      readonly planned_values: { readonly root_module: Module };
    };
    return { problems: "", made: new Map(resourcesOf(shown.planned_values.root_module)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Module = {
  readonly resources?: readonly {
    readonly address: string;
    readonly values: { readonly input?: Readonly<Record<string, unknown>> };
  }[];
  readonly child_modules?: readonly Module[];
};

function resourcesOf({
  resources = [],
  child_modules: children = [],
}: Module): (readonly [string, Readonly<Record<string, unknown>>])[] {
  return [
    ...resources.map(
      ({ address, values }) => [address.replace(/terraform_data\.(?:data__)?(\w+?)__/, "$1."), values.input ?? {}] as const,
    ),
    ...children.flatMap(resourcesOf),
  ];
}
