import { asData } from "./as-data.ts";
import { parsedTree } from "./parsed.ts";
import { terraformOn } from "./program.ts";

type Values = Readonly<Record<string, unknown>>;

export type Planned = {
  readonly problems: string;
  /** What would be made, by address: `module.network["westeurope"].azurerm_subnet.nodes["1"]`. */
  readonly made: ReadonlyMap<string, Values>;
};

/** Terraform's own plan of a root in a tree of files, with data in the place of what providers make. */
export async function planned(files: ReadonlyMap<string, string>, root: string, variables: Values = {}): Promise<Planned> {
  const { folders } = await parsedTree(files);
  const all = new Map([...files].filter(([file]) => !/\.(tf|tfvars|md)$/.test(file)));
  for (const one of folders.values()) for (const [file, text] of asData(one)) all.set(file, text);
  all.set(`${root}/zz-given.auto.tfvars.json`, JSON.stringify(variables));
  const commands = [
    ["init", "-no-color", "-input=false"],
    ["plan", "-no-color", "-input=false", "-out=plan"],
    ["show", "-json", "plan"],
  ];
  const { ok, said } = await terraformOn(all, commands, { in: root });
  if (!ok) return { problems: said.slice(said.indexOf("Error:")), made: new Map() };
  const shown = JSON.parse(said.slice(said.lastIndexOf('\n{"format_version"') + 1)) as {
    readonly planned_values: { readonly root_module: Module };
  };
  return { problems: "", made: new Map(resourcesOf(shown.planned_values.root_module)) };
}

type Module = {
  readonly resources?: readonly { readonly address: string; readonly values: { readonly input?: Values } }[];
  readonly child_modules?: readonly Module[];
};

function resourcesOf({ resources = [], child_modules: children = [] }: Module): (readonly [string, Values])[] {
  const own = resources.map(
    ({ address, values }) => [address.replace(/terraform_data\.(?:data__)?(\w+?)__/, "$1."), values.input ?? {}] as const,
  );
  return [...own, ...children.flatMap(resourcesOf)];
}
