import path from "node:path";
import { GantryError, UserError } from "../../lib/errors.ts";
import { printable, printableLines } from "../../lib/text.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Sources } from "../../spec/sources.ts";
import type { Progress, UpRequest } from "../../wire/up.ts";
import { type Command, type Given, exit } from "../command.ts";
import { consoleLink } from "../console-link.ts";
import { type LocalPlatform, ensureServer, localPlatform } from "../platform.ts";
import { problemsText } from "../print-problems.ts";
import { type Told, showProgress, summaryText } from "../progress.ts";
import { chooseEnvironment, readSoundSpec, requireEnvironment, switchesOf } from "../read-spec.ts";
import { sentOrigins } from "../sent-origins.ts";
import { withPlaces } from "../with-places.ts";
import { watchFolder } from "../watch-folder.ts";

export const up: Command = {
  name: "up",
  summary: "Runs environments on this machine: the one that is local, or any other as an emulation of the real one.",
  takes: "[env…]",
  completes: ["environment"],
  options: {
    speed: { type: "string", placeholder: "n", help: "divide the spans that policies wait for by this, as 60" },
    watch: { type: "boolean", short: "w", help: "build and swap again when a file changes, without dropping a request" },
    switch: { type: "string", multiple: true, placeholder: "name=case", help: "choose the case of a switch" },
    "dry-run": { type: "boolean", help: "say what would run, and start nothing" },
  },
  examples: ["gantry up", "gantry up staging prod --speed 60", "gantry up --watch"],
  async run(given) {
    const { options, out, err, colours, outColours } = given;
    const json = options["json"] === true;
    const speed = speedOf(options["speed"]);
    const first = await read(given);
    if (options["dry-run"] === true) return dryRun(first.environments, given);
    const platform = localPlatform(first.file);
    const names = first.environments.map((one) => one.environment).join(", ");
    if (!json) err(`${colours.bold(first.product)}: ${names} on this machine\n`);
    await ensureServer(platform);
    const told = await bring(platform, first, speed, given);
    if (json)
      out(
        `${JSON.stringify({ ok: true, product: first.product, environments: told.summaries, notes: told.notes }, undefined, 2)}\n`,
      );
    else for (const summary of told.summaries) out(summaryText(summary, outColours));
    if (options["watch"] === true) await watch(platform, { given, speed, file: first.file });
    else if (!json)
      err(
        `${colours.dim("control room:")} ${await consoleLink(platform)}\n${colours.dim("gantry status · gantry logs -f · gantry down")}\n`,
      );
    return exit.done;
  },
};

type Read = {
  readonly file: string;
  readonly product: string;
  readonly environments: readonly Environment[];
  readonly sources: Sources;
};

async function read(given: Given): Promise<Read> {
  const spec = await readSoundSpec(given);
  const known = [...new Set(spec.environments.map((one) => one.environment))];
  const names = given.args.length > 0 ? given.args : [usualEnvironment(spec.environments)];
  for (const name of names) requireEnvironment(name, known);
  const switches = switchesOf(given);
  return {
    file: spec.file,
    product: spec.product.name,
    sources: spec.sources,
    environments: [...new Set(names)].map((name) => chooseEnvironment(spec, name, switches)),
  };
}

/** Without a name: the environment that is meant for this machine. */
function usualEnvironment(environments: readonly Environment[]): string {
  const here = [...new Set(environments.filter((one) => one.cloud === "local").map((one) => one.environment))];
  const chosen = here.find((name) => name === "local") ?? (here.length === 1 ? here[0] : undefined);
  if (chosen !== undefined) return chosen;
  const all = [...new Set(environments.map((one) => one.environment))];
  throw new UserError("usage", "say which environment to bring up", { hint: `gantry up ${all.join(" | ")}` });
}

function speedOf(given: unknown): number {
  if (given === undefined) return 1;
  const speed = Number(given);
  if (!Number.isFinite(speed) || speed < 1 || speed > 10_000)
    throw new UserError("usage", `--speed ${String(given)} is no speed`, { hint: "a number from 1 to 10000, as --speed 60" });
  return speed;
}

async function bring(platform: LocalPlatform, { environments, sources }: Read, speed: number, given: Given): Promise<Told> {
  const request: UpRequest = {
    root: platform.place.root,
    speed,
    environments,
    origins: Object.fromEntries(environments.map((one) => [one.environment, sentOrigins(one, sources)])),
  };
  const told = await showProgress(platform.send<Progress>("/v1/up", request), given).catch((error: unknown) => {
    throw withPlaces(error, environments, sources);
  });
  // They come up beside each other; told they are in the order in which they were asked for.
  const order = environments.map((one) => one.environment);
  return { ...told, summaries: told.summaries.toSorted((a, b) => order.indexOf(a.environment) - order.indexOf(b.environment)) };
}

function dryRun(environments: readonly Environment[], { options, out }: Given): number {
  const plan = environments.map((one) => ({
    environment: one.environment,
    services: Object.entries(one.services).map(([service, { here, kind }]) => ({ service, kind, here: here ?? null })),
    resources: Object.entries(one.resources).map(([name, { kind }]) => ({ name, kind })),
  }));
  if (options["json"] === true) out(`${JSON.stringify({ ok: true, dryRun: true, environments: plan }, undefined, 2)}\n`);
  else
    for (const { environment, services, resources } of plan) {
      out(`would bring up ${environment}:\n`);
      for (const { service, kind, here } of services)
        out(
          `  ${service} (${kind}) ${here === null ? "left out: it says nothing of how it runs here" : "entry" in here ? here.entry : here.command}\n`,
        );
      for (const { name, kind } of resources) out(`  ${name} (${kind})\n`);
    }
  return exit.done;
}

/** Says `up` again whenever something under the spec's folder changes. The platform stays when this ends. */
async function watch(
  platform: LocalPlatform,
  { given, speed, file }: { readonly given: Given; readonly speed: number; readonly file: string },
): Promise<void> {
  const { err, colours } = given;
  err(colours.dim(`watching ${path.dirname(file)}; Ctrl-C ends the watching, gantry down ends the platform\n`));
  for await (const changed of watchFolder(path.dirname(file))) {
    err(`${colours.dim(printable(changed))} changed\n`);
    try {
      const { summaries } = await bring(platform, await read(given), speed, given);
      for (const one of summaries) {
        const swapped = one.services.filter((service) => service.changed).map((service) => service.service);
        err(
          `${colours.green("✓")} ${one.environment}: ${swapped.length === 0 ? "nothing to do" : `${swapped.join(", ")} swapped in ${one.ms} ms`}\n`,
        );
      }
    } catch (error) {
      // A mistake while one writes is no reason to stop watching: the old revision goes on serving.
      if (error instanceof GantryError && error.problems.length > 0) err(problemsText(error.problems, colours, 5));
      else {
        err(`${colours.red("error")} ${printableLines(error instanceof Error ? error.message : String(error))}\n`);
        if (error instanceof GantryError && error.hint !== undefined)
          err(`  ${colours.cyan("→")} ${printableLines(error.hint)}\n`);
      }
    }
  }
}
