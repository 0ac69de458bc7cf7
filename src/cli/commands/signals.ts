import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { printable } from "../../lib/text.ts";
import { type Command, type Given, exit } from "../command.ts";
import { chooseEnvironments, readSoundSpec, requireEnvironment, switchesOf } from "../read-spec.ts";

const verbs = ["check", "test"] as const;

export const signals: Command = {
  name: "signals",
  summary: "Says what is watched, and which back end holds it how well; tries each alert out with generated samples.",
  takes: "<verb> [env…]",
  completes: [verbs, "environment"],
  options: {
    switch: { type: "string", multiple: true, placeholder: "name=case", help: "choose the case of switched environments" },
  },
  examples: [
    "gantry signals check prod",
    "gantry signals test",
    "gantry signals test prod --json | jq '.alerts[] | select(.is != \"passed\")'",
  ],
  async run(given) {
    const [first = "", ...names] = given.args;
    const verb = verbs.find((one) => one === first);
    if (verb === undefined)
      throw new UserError("usage", `gantry signals has no verb ${JSON.stringify(printable(first))}`, {
        hint: didYouMean(first, verbs) ?? `gantry signals ${verbs.join(" | ")}`,
      });
    const spec = await readSoundSpec(given);
    const all = chooseEnvironments(spec, switchesOf(given));
    for (const name of names)
      requireEnvironment(
        name,
        all.map(({ environment }) => environment),
      );
    const asked = all.filter(({ environment }) => names.length === 0 || names.includes(environment));
    const subject = { name: String(spec.data["name"]), environments: all };
    return verb === "check" ? check(subject, asked, given) : test(asked, given);
  },
};

type Environments = ReturnType<typeof chooseEnvironments>;

async function check(
  { name, environments }: { readonly name: string; readonly environments: Environments },
  asked: Environments,
  { options, out, outColours }: Given,
): Promise<number> {
  const { signalsOf } = await import("../signals/held-signals.ts");
  const views = signalsOf({ name, environments, library: new Map(), plain: false }, asked);
  if (options["json"] === true) out(`${JSON.stringify({ ok: true, product: name, environments: views }, undefined, 2)}\n`);
  else {
    const { checkText } = await import("../signals/check-text.ts");
    out(checkText(views, outColours));
  }
  return exit.done;
}

async function test(asked: Environments, { options, out, outColours }: Given): Promise<number> {
  const { triedAlerts } = await import("../signals/tried-alerts.ts");
  const tried = triedAlerts(asked);
  const failed = tried.some(({ is }) => is === "failed");
  if (options["json"] === true) out(`${JSON.stringify({ ok: !failed, alerts: tried }, undefined, 2)}\n`);
  else {
    const { testText } = await import("../signals/test-text.ts");
    out(testText(tried, outColours));
  }
  return failed ? exit.no : exit.done;
}
