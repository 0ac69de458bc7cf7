import path from "node:path";
import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { parseDurationMs } from "../../lib/quantities.ts";
import { printable } from "../../lib/text.ts";
import type { PreviewRequest, PreviewView, Progress } from "../../wire/up.ts";
import { type Command, type Given, exit } from "../command.ts";
import { localPlatform, requireServer } from "../platform.ts";
import { showProgress, summaryText } from "../progress.ts";
import { chooseEnvironment, readSoundSpec, readSpec } from "../read-spec.ts";
import { existsSync } from "node:fs";

export const preview: Command = {
  name: "preview",
  summary: "Makes, lists and removes previews: an environment of its own beside another, with a copy of its database and an end.",
  takes: "<create|list|delete> [name]",
  completes: [["create", "list", "delete"]],
  options: {
    env: { type: "string", short: "e", placeholder: "env", help: "the environment it is taken from" },
    ttl: { type: "string", placeholder: "2h", help: "how long it lives; else as the spec says, or three days" },
    fresh: { type: "boolean", help: "with the data as they are now, not as they were when the last template was made" },
    wait: { type: "boolean", help: "until every service is ready; else requests wait for what still starts" },
    source: { type: "string", placeholder: "folder", help: "the folder whose code is previewed, when it is not this one" },
  },
  examples: [
    "gantry preview create pr-42",
    "gantry preview create pr-42 --source ../worktree --ttl 8h",
    "gantry preview delete pr-42",
  ],
  async run(given) {
    const [verb = "", name] = given.args;
    switch (verb) {
      case "create":
        return create(named(verb, name), given);
      case "list":
        return list(given);
      case "delete":
        return remove(named(verb, name), given);
      default:
        throw new UserError("usage", `gantry preview has no verb ${JSON.stringify(printable(verb))}`, {
          hint: didYouMean(verb, ["create", "list", "delete"]) ?? "gantry preview create | list | delete",
        });
    }
  },
};

function named(verb: string, name: string | undefined): string {
  if (name === undefined)
    throw new UserError("usage", `gantry preview ${verb} needs a name`, { hint: `gantry preview ${verb} pr-42` });
  return name;
}

async function create(name: string, given: Given): Promise<number> {
  const { options, out, outColours } = given;
  const spec = await readSoundSpec(given);
  const names = [...new Set(spec.environments.map((one) => one.environment))];
  const withPreviews = [...new Set(spec.environments.filter((one) => one.previews !== undefined).map((one) => one.environment))];
  const environment = typeof options["env"] === "string" ? options["env"] : withPreviews[0];
  if (environment === undefined)
    throw new UserError("usage", "no environment of this product says that it has previews", {
      hint: `say of which: --env ${names.join(" | ")}`,
    });
  const ttlMs = options["ttl"] === undefined ? undefined : parseDurationMs(String(options["ttl"]));
  if (options["ttl"] !== undefined && ttlMs === undefined)
    throw new UserError("usage", `--ttl ${String(options["ttl"])} is no duration`, { hint: "as --ttl 2h" });
  const platform = localPlatform(spec.file);
  const root = typeof options["source"] === "string" ? path.resolve(options["source"]) : platform.place.root;
  if (!existsSync(root))
    throw new UserError("usage", `there is no folder ${root}`, { hint: "--source names the folder whose code is previewed" });
  await requireServer(platform);
  const request: PreviewRequest = {
    name,
    environment: chooseEnvironment(spec, environment, {}),
    root,
    ...(ttlMs === undefined ? {} : { ttlMs }),
    fresh: options["fresh"] === true,
    wait: options["wait"] === true,
  };
  const { summaries, notes } = await showProgress(platform.send<Progress>("/v1/previews", request), given);
  if (options["json"] === true) out(`${JSON.stringify({ ok: true, preview: summaries[0], notes }, undefined, 2)}\n`);
  else for (const one of summaries) out(summaryText(one, outColours));
  return exit.done;
}

async function list(given: Given): Promise<number> {
  const { options, out, outColours } = given;
  const { file, data } = await readSpec(given);
  const platform = localPlatform(file);
  await requireServer(platform);
  const previews = await platform.get<readonly PreviewView[]>(
    `/v1/previews?product=${encodeURIComponent(String(data["name"] ?? ""))}`,
  );
  if (options["json"] === true) out(`${JSON.stringify({ ok: true, previews }, undefined, 2)}\n`);
  else if (previews.length === 0) out("no previews\n");
  for (const one of options["json"] === true ? [] : previews)
    out(
      `${outColours.bold(one.name)}  of ${one.of}  ${one.state}  ${outColours.cyan(one.url ?? "")}  ${outColours.dim(one.expiresAt === undefined ? "" : `until ${one.expiresAt.slice(0, 16).replace("T", " ")} UTC`)}\n`,
    );
  return exit.done;
}

async function remove(name: string, given: Given): Promise<number> {
  const { options, out, outColours } = given;
  const { file, data } = await readSpec(given);
  const platform = localPlatform(file);
  await requireServer(platform);
  const request = {
    product: String(data["name"] ?? ""),
    name,
    ...(typeof options["env"] === "string" ? { of: options["env"] } : {}),
  };
  await showProgress(platform.send<Progress>("/v1/previews/remove", request), given);
  if (options["json"] === true) out(`${JSON.stringify({ ok: true, removed: name }, undefined, 2)}\n`);
  else out(`${outColours.green("✓")} ${outColours.bold(name)} is gone, with all that it had\n`);
  return exit.done;
}
