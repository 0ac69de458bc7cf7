import { parsePath, pathText } from "../../lib/paths.ts";
import { placeText } from "../../lib/problem.ts";
import { printable, shown } from "../../lib/text.ts";
import type { Said } from "../../spec/explain.ts";
import { type Command, exit } from "../command.ts";
import { chooseEnvironment, readSoundSpec, switchesOf } from "../read-spec.ts";
import { pick } from "./show.ts";

export const explain: Command = {
  name: "explain",
  summary: "Says of a value in an environment what it is, where it was written, and what it overrode.",
  takes: "<env> <path>",
  completes: ["environment", "path"],
  options: {
    switch: { type: "string", multiple: true, placeholder: "name=case", help: "choose the case of a switched environment" },
  },
  examples: ["gantry explain prod services.api.scale.max", `gantry explain prod 'alerts["API errors"].when.value'`],
  async run({ args, options, out, outColours }) {
    const [name = "", text = ""] = args;
    const spec = await readSoundSpec({ options });
    const { originOf } = await import("../../spec/explain.ts");
    const environment = chooseEnvironment(spec, name, switchesOf({ options }));
    pick(environment, text);
    const origin = originOf(environment, parsePath(text) ?? [], spec.sources);
    if (options["json"] === true) {
      out(`${JSON.stringify({ environment: name, ...origin }, undefined, 2)}\n`);
      return exit.done;
    }
    if (!origin) return exit.wrongInput;
    const { bold, dim, cyan } = outColours;
    const line = (word: string, said: Said) =>
      `  ${word.padEnd(10)} ${cyan(valueText(said.value))}  ${said.layer}${said.place ? dim(` ${placeText(said.place)}`) : ""}${said.why ? dim(` (${said.why})`) : ""}`;
    out(
      `${[`${bold(pathText(parsePath(text) ?? []))} in ${name}`, line("is", origin.from), ...origin.overrode.map((said) => line(sameText(said.value, origin.value) ? "as" : "instead of", said))].join("\n")}\n`,
    );
    return exit.done;
  },
};

function sameText(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function valueText(value: unknown): string {
  return typeof value === "string" ? printable(value) : shown(value, 200);
}
