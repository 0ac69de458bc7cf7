import { parsedTree } from "./parsed.ts";
import { terraformOn } from "./program.ts";
import { standIns } from "./stand-ins.ts";

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
  const all = new Map([...files].filter(([file]) => !/\.(tf|tfvars|md)$/.test(file)));
  for (const one of folders.values()) for (const [file, text] of standIns(one)) all.set(file, text);
  all.set(`${root}/zz-given.auto.tfvars.json`, JSON.stringify(variables));
  const here = `-chdir=${root}`;
  const { ok, said } = terraformOn(all, [
    [here, "init", "-no-color", "-input=false"],
    [here, "plan", "-no-color", "-input=false", "-out=plan"],
    [here, "show", "-json", "plan"],
  ]);
  if (!ok)
    return {
      problems: said.slice(said.indexOf("Error:")).replace(/^.{400,}$/gm, (line) => `${line.slice(0, 400)} …`),
      made: new Map(),
    };
  const plan = JSON.parse(said.slice(said.lastIndexOf('\n{"format_version"') + 1)) as {
    readonly planned_values: { readonly root_module: Module };
  };
  return { problems: "", made: new Map(resourcesOf(plan.planned_values.root_module)) };
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
