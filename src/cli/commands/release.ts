import { existsSync, statSync } from "node:fs";
import path from "node:path";
import type { Expectation } from "../../delivery/compare/expected.ts";
import type { Answer } from "../../delivery/gate.ts";
import type { Release } from "../../delivery/release.ts";
import { UserError } from "../../lib/errors.ts";
import { listed, printable, printableLines } from "../../lib/text.ts";
import type { Progress } from "../../wire/up.ts";
import { serverNamed } from "../api.ts";
import { type Command, type Given, exit } from "../command.ts";
import { type Platform, localPlatform, requireServer } from "../platform.ts";
import { showProgress } from "../progress.ts";
import { chooseEnvironment, readSoundSpec, switchesOf } from "../read-spec.ts";
import { followRelease } from "../releases/follow-release.ts";
import { onlyHere } from "../remote/elsewhere.ts";
import { oneOf, whatRuns } from "../running.ts";
import { sentOrigins } from "../sent-origins.ts";
import { releaseText, titleOf, verdictText } from "../releases/release-text.ts";
import { asOption, whoAsks } from "../who.ts";

type Made = {
  readonly kind: "plan" | "begun-release";
  readonly release: Release;
  readonly unchanged: readonly string[];
  readonly says: string;
  readonly expects: readonly Expectation[];
  readonly answers?: Readonly<Record<string, Answer>>;
};

export const release: Command = {
  name: "release",
  summary:
    "Takes a new version of services to an environment as its strategy says: step by step, from evidence, and back by itself.",
  takes: "[<service[=version|path]>…]",
  options: {
    to: { type: "string", placeholder: "env", help: "the environment that it goes to" },
    version: {
      type: "string",
      placeholder: "commit",
      help: "of every service that says none; without services of all that run there",
    },
    wait: { type: "boolean", short: "w", help: "show it until all traffic is on it, or it was taken back" },
    "dry-run": { type: "boolean", help: "build it, say the plan and what the gates say now, and begin nothing" },
    force: { type: "boolean", help: "also where the database has moved on so that this version may not run; needs a reason" },
    reason: { type: "string", placeholder: "why", help: "goes on record" },
    switch: { type: "string", multiple: true, placeholder: "name=case", help: "choose the case of a switch" },
    as: asOption,
  },
  server: true,
  examples: [
    "gantry release api --to prod",
    "gantry release api=v1.4.0 frontend=v1.4.0 --to prod --wait",
    "gantry release api=../hotfix --to staging --dry-run",
    "gantry release --version v1.4.0 --to prod --wait",
  ],
  async run(given) {
    const { options, out, err, colours, outColours } = given;
    const json = options["json"] === true;
    const { platform, product, key, said, about } =
      serverNamed(given) === undefined ? await goalHere(given) : await goalElsewhere(given);
    const dryRun = options["dry-run"] === true;
    if (!json) err(`${colours.bold(product)}: ${key}, ${about}\n`);
    const request = {
      ...said,
      services: given.args.map(wantedOf),
      ...(typeof options["version"] === "string" ? { version: options["version"] } : {}),
      dryRun,
      ...(options["force"] === true ? { force: true } : {}),
      ...(typeof options["reason"] === "string" ? { reason: options["reason"] } : {}),
      ...whoAsks(given),
    };
    let made: Made | undefined;
    const { notes } = await showProgress(
      only(platform.send<Progress | Made>("/v1/releases", request), (one) => (made = one)),
      given,
    );
    if (made === undefined) throw new UserError("usage", "nothing came of it");
    const { release: begun, unchanged, says, expects, answers } = made;
    if (begun.changes.length === 0) {
      if (json) out(`${JSON.stringify({ ok: true, unchanged, notes }, undefined, 2)}\n`);
      else
        out(
          `${outColours.green("✓")} ${listed(unchanged)} in ${key} ${unchanged.length === 1 ? "is" : "are"} this version already\n`,
        );
      return exit.done;
    }
    if (dryRun) return planned(begun, { says, expects, answers: answers ?? {}, unchanged, notes }, given);
    if (options["wait"] !== true) {
      if (json) out(`${JSON.stringify({ ok: true, release: begun, expects, unchanged, notes }, undefined, 2)}\n`);
      else
        out(
          `${outColours.green("✓")} ${outColours.bold(titleOf(begun))} has begun  ${outColours.dim(begun.id)}\n  ${printableLines(says.trimEnd())}\n${expectedText(expects, outColours)}`,
        );
      if (!json) err(colours.dim(`gantry rollout status ${begun.id} -w · gantry rollout abort ${begun.id}\n`));
      return exit.done;
    }
    if (!json) err(`  ${printableLines(says.trimEnd())}\n${expectedText(expects, colours)}`);
    const settled = await followRelease(platform, { product, id: begun.id }, given);
    const ok = settled.phase !== "degraded";
    if (json) out(`${JSON.stringify({ ok, release: settled, unchanged, notes }, undefined, 2)}\n`);
    else if (!process.stderr.isTTY) out(releaseText(settled, Date.now(), outColours));
    return ok ? exit.done : exit.no;
  },
};

/** Where a release goes. */
type Goal = {
  readonly platform: Platform;
  readonly product: string;
  readonly key: string;
  /** What the server is told of it. */
  readonly said: object;
  readonly about: string;
};

async function goalHere(given: Given): Promise<Goal> {
  const spec = await readSoundSpec(given);
  const names = [...new Set(spec.environments.map((one) => one.environment))];
  const { to } = given.options;
  if (typeof to !== "string") throw new UserError("usage", "say where it is to go", { hint: `--to ${names.join(" | ")}` });
  const environment = chooseEnvironment(spec, to, switchesOf(given));
  const platform = localPlatform(spec.file);
  await requireServer(platform);
  return {
    platform,
    product: spec.product.name,
    key: environment.environment,
    said: { environment, origins: sentOrigins(environment, spec.sources), root: platform.place.root },
    about: "as it is emulated on this machine",
  };
}

/** What the environment is was said by whoever brought it up there. */
async function goalElsewhere(given: Given): Promise<Goal> {
  const running = await whatRuns(given);
  const { platform, product, environments } = running;
  const { to, switch: chosen } = given.options;
  if (chosen !== undefined) throw onlyHere(platform.server ?? "", "choosing the case of a switch");
  if (typeof to !== "string") throw new UserError("usage", "say where it is to go", { hint: `--to ${environments.join(" | ")}` });
  const key = oneOf(running, to);
  return { platform, product, key, said: { environment: key }, about: `on ${platform.server ?? ""}` };
}

/** A folder of this machine is one; what else stands behind `=` is looked for by whoever knows the repository and what was there before. */
function wantedOf(text: string): { readonly service: string; readonly version?: string; readonly folder?: string } {
  const at = text.indexOf("=");
  if (at < 0) return { service: text };
  const [service, version] = [text.slice(0, at), text.slice(at + 1)];
  if (service === "" || version === "")
    throw new UserError("usage", `${printable(text)} says no service or no version`, { hint: "as api=v1.4.0, or api=../hotfix" });
  const folder = path.resolve(version);
  const looksLikePath = version.startsWith(".") || path.isAbsolute(version);
  if (existsSync(folder) && statSync(folder).isDirectory() && (looksLikePath || version.includes("/")))
    return { service, folder };
  if (looksLikePath)
    throw new UserError("usage", `there is no folder ${printable(version)}`, {
      hint: "what stands behind = is a folder, a commit or tag, or an earlier revision",
    });
  return { service, version };
}

async function* only(lines: AsyncIterable<Progress | Made>, take: (made: Made) => void): AsyncGenerator<Progress> {
  for await (const line of lines)
    if (isMade(line)) take(line);
    else yield line;
}

function isMade(line: Progress | Made): line is Made {
  return line.kind === "plan" || line.kind === "begun-release";
}

function planned(
  made: Release,
  {
    says,
    expects,
    answers,
    unchanged,
    notes,
  }: Required<Pick<Made, "says" | "expects" | "answers" | "unchanged">> & { readonly notes: readonly string[] },
  { options, out, outColours }: Given,
): number {
  const refused = Object.values(answers).some(({ verdict }) => verdict === "fail");
  if (options["json"] === true) {
    const { changes, plan } = made;
    out(
      `${JSON.stringify({ ok: !refused, dryRun: true, says, changes, plan, expects, answers, unchanged, notes }, undefined, 2)}\n`,
    );
  } else {
    out(`would release ${outColours.bold(titleOf(made))}\n  ${printableLines(says.trimEnd())}\n`);
    for (const { service, from, to, artifact } of made.changes)
      out(`  ${service}: ${from ?? "nothing"} → ${to} ${outColours.dim(`built as ${artifact}`)}\n`);
    out(expectedText(expects, outColours));
    for (const [id, answer] of Object.entries(answers))
      out(`  ${verdictText(answer, outColours)} ${printable(id)}  ${outColours.dim(printable(answer.because))}\n`);
  }
  return refused ? exit.no : exit.done;
}

/** What its steps will see of the traffic, and what that is too little for. */
function expectedText(expects: readonly Expectation[], { yellow, dim }: Given["colours"]): string {
  return expects.map(({ says, enough }) => `  ${enough ? dim("·") : yellow("!")} ${dim(printable(says))}\n`).join("");
}
