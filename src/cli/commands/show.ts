import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { parsePath, pathText, valueAt } from "../../lib/paths.ts";
import { shown } from "../../lib/text.ts";
import { canonicalProduct } from "../../spec/merge.ts";
import { type Command, exit } from "../command.ts";
import { chooseEnvironment, readSoundSpec, switchesOf } from "../read-spec.ts";
import { treeText } from "../tree.ts";

export const show: Command = {
  name: "show",
  summary:
    "Shows an environment with every default and override in it; without a name, the product as plain data that Gantry reads back.",
  takes: "[env] [path]",
  completes: ["environment", "path"],
  options: {
    yaml: { type: "boolean", help: "as YAML" },
    switch: { type: "string", multiple: true, placeholder: "name=case", help: "choose the case of a switched environment" },
    origins: { type: "boolean", help: "with --json: where every value was written" },
  },
  examples: [
    "gantry show prod",
    "gantry show prod services.api.scale",
    "gantry show prod --yaml",
    "gantry show --json > gantry.json",
  ],
  async run({ args, options, out, outColours }) {
    const spec = await readSoundSpec({ options });
    const [name, path] = args;
    const environment = name === undefined ? undefined : chooseEnvironment(spec, name, switchesOf({ options }));
    const whole: object = environment ?? canonicalProduct(spec.data);
    const value = path === undefined ? whole : pick(whole, path);
    if (options["json"] === true) {
      const { originsOf } = await import("../../spec/explain.ts");
      const document =
        options["origins"] === true && environment && path === undefined
          ? { ...environment, origins: originsOf(environment, spec.sources) }
          : value;
      out(`${JSON.stringify(document, undefined, 2)}\n`);
    } else if (options["yaml"] === true) {
      const { stringify } = await import("yaml");
      out(stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }));
    } else
      out(
        treeText(
          value,
          outColours,
          path ?? (environment ? `${environment.product} ${environment.environment}` : String(spec.data["name"])),
        ),
      );
    return exit.done;
  },
};

/** The value at a path that a person typed; says what is there instead when nothing is. */
export function pick(whole: object, text: string): unknown {
  const path = parsePath(text);
  if (!path)
    throw new UserError("unknown-path", `${shown(text)} is no path`, {
      hint: 'write it as services.api.scale, or alerts["API errors"].when',
    });
  let here: unknown = whole;
  for (const [index, step] of path.entries()) {
    const next = valueAt(here, [step]);
    if (next === undefined) {
      const around = pathText(path.slice(0, index));
      const known = typeof here === "object" && here !== null ? Object.keys(here) : [];
      const hint =
        known.length === 0
          ? `${around} is ${shown(here)}`
          : (didYouMean(String(step), known) ?? `there: ${known.slice(0, 20).join(", ")}`);
      throw new UserError("unknown-path", `${around === "" ? "this" : around} has no ${shown(String(step))}`, { hint });
    }
    here = next;
  }
  return here;
}
