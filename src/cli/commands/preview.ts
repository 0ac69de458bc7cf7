import path from "node:path";
import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { parseDurationMs } from "../../lib/quantities.ts";
import { printable } from "../../lib/text.ts";
import type { PreviewRequest, PreviewView, Progress } from "../../wire/up.ts";
import { serverNamed } from "../api.ts";
import { type Command, type Given, exit } from "../command.ts";
import { localPlatform, requireServer } from "../platform.ts";
import { showProgress, summaryText } from "../progress.ts";
import { chooseEnvironment, readSoundSpec } from "../read-spec.ts";
import { onlyHere } from "../remote/elsewhere.ts";
import { oneOf, queryText, reach, whatRuns } from "../running.ts";
import { sentOrigins } from "../sent-origins.ts";
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
  server: true,
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
  const ttlMs = spanOf(given.options["ttl"]);
  const lines = serverNamed(given) === undefined ? await beginHere(name, ttlMs, given) : await beginElsewhere(name, ttlMs, given);
  const { summaries, notes } = await showProgress(lines, given);
  const { options, out, outColours } = given;
  if (options["json"] === true) out(`${JSON.stringify({ ok: true, preview: summaries[0], notes }, undefined, 2)}\n`);
  else for (const one of summaries) out(summaryText(one, outColours));
  return exit.done;
}

function spanOf(ttl: unknown): number | undefined {
  if (ttl === undefined) return undefined;
  const ttlMs = parseDurationMs(String(ttl));
  if (ttlMs === undefined)
    throw new UserError("usage", `--ttl ${printable(String(ttl))} is no duration`, { hint: "as --ttl 2h" });
  return ttlMs;
}

type Lines = AsyncIterable<Progress>;

/** Of what is up there: what the environment is was said by whoever brought it up. */
async function beginElsewhere(name: string, ttlMs: number | undefined, given: Given): Promise<Lines> {
  const { options } = given;
  const running = await whatRuns(given);
  const { server = "" } = running.platform;
  if (options["source"] !== undefined) throw onlyHere(server, "previewing a folder");
  const of = running.environments.filter((one) => !one.includes("."));
  const environment = oneOf({ ...running, environments: of }, typeof options["env"] === "string" ? options["env"] : undefined);
  const request = { name, environment, ttlMs, fresh: options["fresh"] === true, wait: options["wait"] === true };
  return running.platform.send<Progress>("/v1/previews", request);
}

async function beginHere(name: string, ttlMs: number | undefined, given: Given): Promise<Lines> {
  const { options } = given;
  const spec = await readSoundSpec(given);
  const names = [...new Set(spec.environments.map((one) => one.environment))];
  const withPreviews = [...new Set(spec.environments.filter((one) => one.previews !== undefined).map((one) => one.environment))];
  const environment = typeof options["env"] === "string" ? options["env"] : withPreviews[0];
  if (environment === undefined)
    throw new UserError("usage", "no environment of this product says that it has previews", {
      hint: `say of which: --env ${names.join(" | ")}`,
    });
  const platform = localPlatform(spec.file);
  const root = typeof options["source"] === "string" ? path.resolve(options["source"]) : platform.place.root;
  if (!existsSync(root))
    throw new UserError("usage", `there is no folder ${root}`, { hint: "--source names the folder whose code is previewed" });
  await requireServer(platform);
  const chosen = chooseEnvironment(spec, environment, {});
  const request: PreviewRequest = {
    name,
    environment: chosen,
    origins: sentOrigins(chosen, spec.sources),
    root,
    ...(ttlMs === undefined ? {} : { ttlMs }),
    fresh: options["fresh"] === true,
    wait: options["wait"] === true,
  };
  return platform.send<Progress>("/v1/previews", request);
}

async function list(given: Given): Promise<number> {
  const { options, out, outColours } = given;
  const { platform, product } = await reach(given);
  const previews = await platform.get<readonly PreviewView[]>(`/v1/previews?${queryText({ product })}`);
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
  const { platform, product } = await reach(given);
  const request = {
    product,
    name,
    ...(typeof options["env"] === "string" ? { of: options["env"] } : {}),
  };
  await showProgress(platform.send<Progress>("/v1/previews/remove", request), given);
  if (options["json"] === true) out(`${JSON.stringify({ ok: true, removed: name }, undefined, 2)}\n`);
  else out(`${outColours.green("✓")} ${outColours.bold(name)} is gone, with all that it had\n`);
  return exit.done;
}
