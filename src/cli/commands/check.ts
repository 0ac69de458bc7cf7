import { count, listed } from "../../lib/text.ts";
import { type Command, exit } from "../command.ts";
import { problemsText } from "../print-problems.ts";
import { readSpec, requireEnvironment } from "../read-spec.ts";

export const check: Command = {
  name: "check",
  summary: "Reads the spec and tells everything that is wrong with it, at once. Without names it checks every environment.",
  takes: "[env…]",
  completes: ["environment"],
  options: {
    all: { type: "boolean", help: "show every problem, also beyond the first 50" },
    strict: { type: "boolean", help: "warnings fail too" },
  },
  examples: ["gantry check", "gantry check prod", "gantry check --json | jq '.problems[].message'"],
  async run({ args, options, out, err, colours, outColours }) {
    const started = performance.now();
    const spec = await readSpec({ options });
    const { checkWhole } = await import("../check-whole.ts");
    const checked = checkWhole(spec);
    const known = Object.keys(spec.data["environments"] ?? {});
    for (const name of args) requireEnvironment(name, known);
    const problems =
      args.length === 0
        ? checked.problems
        : checked.problems.filter(
            (one) => one.environment === undefined || args.some((name) => one.environment?.split(", ").includes(name)),
          );
    const failed = problems.some((one) => one.severity === "error" || options["strict"] === true);
    const names = known.filter((name) => args.length === 0 || args.includes(name));
    if (options["json"] === true) {
      out(
        `${JSON.stringify({ ok: !failed, file: spec.sources.file, product: spec.data["name"] ?? null, environments: names, problems }, undefined, 2)}\n`,
      );
      return failed ? exit.wrongInput : exit.done;
    }
    if (problems.length > 0) err(problemsText(problems, colours, options["all"] === true ? Infinity : 50));
    if (failed) return exit.wrongInput;
    const { services, resources = {} } = checked.product;
    const ms = Math.round(performance.now() - started);
    out(
      `${outColours.green("✓")} ${outColours.bold(checked.product.name)}: ${count(Object.keys(services).length, "service")}, ${count(Object.keys(resources).length, "resource")}, ` +
        `${count(names.length, "environment")} (${listed(names)}): nothing wrong ${outColours.dim(`${ms} ms`)}\n`,
    );
    return exit.done;
  },
};
