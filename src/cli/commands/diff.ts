import { pathText } from "../../lib/paths.ts";
import { placeText } from "../../lib/problem.ts";
import { count, shown } from "../../lib/text.ts";
import { type Command, exit } from "../command.ts";
import { chooseEnvironment, readSoundSpec, requireSwitches, switchesKnownTo, switchesOf } from "../read-spec.ts";

export const diff: Command = {
  name: "diff",
  summary: "Shows how two environments differ, value by value.",
  takes: "<envA> <envB>",
  completes: ["environment", "environment"],
  options: {
    switch: { type: "string", multiple: true, placeholder: "name=case", help: "choose the case of switched environments" },
    "exit-code": { type: "boolean", help: "exit 1 when they differ" },
  },
  examples: ["gantry diff staging prod", "gantry diff staging prod --json"],
  async run({ args, options, out, outColours }) {
    const [left = "", right = ""] = args;
    const spec = await readSoundSpec({ options });
    const [{ diffEnvironments }, { originOf }] = await Promise.all([
      import("../../spec/diff.ts"),
      import("../../spec/explain.ts"),
    ]);
    const switches = switchesOf({ options });
    requireSwitches(spec, switches);
    const a = chooseEnvironment(spec, left, switchesKnownTo(spec, left, switches));
    const b = chooseEnvironment(spec, right, switchesKnownTo(spec, right, switches));
    const differences = diffEnvironments(a, b);
    const place = (environment: object, path: readonly (string | number)[]) =>
      originOf(environment, path, spec.sources)?.from.place;
    if (options["json"] === true) {
      const rows = differences.map(({ path, left: one, right: other }) => ({
        path: pathText(path),
        left: one ?? null,
        right: other ?? null,
        places: { left: place(a, path) ?? null, right: place(b, path) ?? null },
      }));
      out(`${JSON.stringify({ left, right, differences: rows }, undefined, 2)}\n`);
    } else {
      const { red, green, bold, dim } = outColours;
      for (const { path, left: one, right: other } of differences) {
        const at = (environment: object) => {
          const found = place(environment, path);
          return found ? dim(`  ${placeText(found)}`) : "";
        };
        out(`${bold(pathText(path))}\n`);
        if (one !== undefined) out(`  ${red(`- ${shown(one, 200)}`)}${at(a)}\n`);
        if (other !== undefined) out(`  ${green(`+ ${shown(other, 200)}`)}${at(b)}\n`);
      }
      out(
        differences.length === 0
          ? `${left} and ${right} are alike\n`
          : `\n${count(differences.length, "difference")} between ${red(left)} and ${green(right)}\n`,
      );
    }
    return differences.length > 0 && options["exit-code"] === true ? exit.no : exit.done;
  },
};
