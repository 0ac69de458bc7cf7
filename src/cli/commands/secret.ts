import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { printable } from "../../lib/text.ts";
import { preparePlace } from "../../system/place.ts";
import { openSecretStore } from "../../targets/local/secret-store.ts";
import { channelSecret } from "../../spec/channel-secret.ts";
import { type Command, exit } from "../command.ts";
import { localPlatform } from "../platform.ts";
import { readSpec, requireEnvironment } from "../read-spec.ts";

const verbs = ["set", "list", "remove"];

export const secret: Command = {
  name: "secret",
  summary:
    "Keeps the secrets of this machine, sealed: sets one from standard input, lists names, removes one. None is ever shown.",
  takes: "<set|list|remove> [name]",
  completes: [verbs],
  options: { env: { type: "string", short: "e", placeholder: "env", help: "for this environment only" } },
  examples: [
    "gantry secret set vertex-token < token.txt",
    "gantry secret set database-password --env prod",
    "gantry secret list",
  ],
  async run(given) {
    const { args, options, out } = given;
    const [verb = "", name] = args;
    if (!verbs.includes(verb))
      throw new UserError("usage", `gantry secret has no verb ${JSON.stringify(printable(verb))}`, {
        hint: didYouMean(verb, verbs) ?? `gantry secret ${verbs.join(" | ")}`,
      });
    const { file, data } = await readSpec(given);
    // What opens a channel is a secret too, also where the spec gives it no name.
    const channels = Object.values((data["channels"] ?? {}) as Record<string, Parameters<typeof channelSecret>[0]>);
    const known = [...new Set([...Object.keys(data["secrets"] ?? {}), ...channels.map(channelSecret)])];
    const { place } = localPlatform(file);
    const open = () => {
      preparePlace(place);
      return openSecretStore(place);
    };
    const environment = typeof options["env"] === "string" ? options["env"] : undefined;
    if (environment !== undefined) requireEnvironment(environment, Object.keys(data["environments"] ?? {}));
    const json = options["json"] === true;
    if (verb === "list") {
      const set = open().list();
      if (json)
        out(
          `${JSON.stringify({ ok: true, secrets: set, notSet: known.filter((one) => !set.some((of) => of.name === one)) }, undefined, 2)}\n`,
        );
      else
        for (const one of known) {
          const where = set.filter((of) => of.name === one).map((of) => of.environment ?? "everywhere");
          out(`${one}  ${where.length === 0 ? "not set: one is made up where it is needed" : `set for ${where.join(", ")}`}\n`);
        }
      return exit.done;
    }
    if (name === undefined)
      throw new UserError("usage", `gantry secret ${verb} needs a name`, { hint: `one of: ${known.join(", ")}` });
    if (!known.includes(name))
      throw new UserError("unknown-secret", `the spec has no secret ${printable(name)}`, {
        hint: didYouMean(name, known) ?? `one of: ${known.join(", ")}`,
      });
    if (verb === "remove") {
      const removed = open().remove(name, environment);
      if (json) out(`${JSON.stringify({ ok: true, name, removed }, undefined, 2)}\n`);
      else out(removed ? `${name} is removed; gantry up gives it to services\n` : `${name} was not set\n`);
      return exit.done;
    }
    open().set(name, await valueFromInput(), environment);
    if (json) out(`${JSON.stringify({ ok: true, name, environment: environment ?? null }, undefined, 2)}\n`);
    else out(`${name} is set${environment === undefined ? "" : ` for ${environment}`}; gantry up gives it to services\n`);
    return exit.done;
  },
};

/** From a file or a pipe, or asked for without being shown; never from the command line, which others can read. */
async function valueFromInput(): Promise<string> {
  if (process.stdin.isTTY) {
    const { password, isCancel } = await import("@clack/prompts");
    const given = await password({ message: "The secret" });
    if (isCancel(given)) throw new UserError("interrupted", "nothing was set");
    return given;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  // A file ends with a line end that belongs to no secret.
  const value = Buffer.concat(chunks)
    .toString("utf8")
    .replace(/\r?\n$/, "");
  if (value === "") throw new UserError("usage", "standard input held nothing to set", { hint: "gantry secret set name < file" });
  return value;
}
