import { readFileSync, statSync } from "node:fs";
import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { listed, printable } from "../../lib/text.ts";
import { serverNamed } from "../api.ts";
import { type Command, type Given, exit } from "../command.ts";
import { readSpec } from "../read-spec.ts";
import { versionNames } from "../releases/version-names.ts";
import { whatRuns } from "../running.ts";
import { asOption, whoAsks } from "../who.ts";
import path from "node:path";

type Recorded = {
  readonly check: string;
  readonly versions: readonly string[];
  readonly report: { readonly ok: boolean; readonly says: string };
};

const mostBytes = 16 * 2 ** 20;

export const report: Command = {
  name: "report",
  summary: "Records what a check found about a version, for the gates of releases: SARIF, ZAP's JSON, JUnit's XML, or a word.",
  takes: "<check>",
  options: {
    for: {
      type: "string",
      multiple: true,
      placeholder: "version",
      help: "the version that it is about: a commit, a tag, what was built; else the commit that is checked out",
    },
    file: { type: "string", placeholder: "file", help: "what the check wrote" },
    passed: { type: "boolean", help: "it passed, and wrote nothing" },
    failed: { type: "boolean", help: "it failed, and wrote nothing" },
    as: asOption,
  },
  server: true,
  examples: ["gantry report pytest --passed", "gantry report zap --file zap.json --for v1.4.0"],
  async run(given) {
    const { args, options, out, outColours } = given;
    const [check = ""] = args;
    // A server knows what checks its environments have.
    const folder = serverNamed(given) === undefined ? await folderOfCheck(check, given) : process.cwd();
    const ways = [options["file"] !== undefined, options["passed"] === true, options["failed"] === true].filter(Boolean).length;
    if (ways !== 1) throw new UserError("usage", "say what it found", { hint: "one of --file, --passed and --failed" });
    const versions = await versionNames(folder, (options["for"] ?? []) as readonly string[]);
    const running = await whatRuns(given);
    const body = {
      product: running.product,
      check,
      versions,
      ...(typeof options["file"] === "string" ? { text: textOf(options["file"]) } : { ok: options["passed"] === true }),
      ...whoAsks(given),
    };
    for await (const recorded of running.platform.send<Recorded>("/v1/reports", body)) {
      if (options["json"] === true) out(`${JSON.stringify({ ok: true, ...recorded }, undefined, 2)}\n`);
      else
        out(
          `${recorded.report.ok ? outColours.green("✓") : outColours.red("✗")} ${check} on ${versions[0]}: ${printable(recorded.report.says)}\n`,
        );
    }
    return exit.done;
  },
};

/** The folder of the spec, which has to have the check. */
async function folderOfCheck(check: string, given: Given): Promise<string> {
  const { file, data } = await readSpec(given);
  const checks = Object.keys(data["checks"] ?? {});
  if (checks.includes(check)) return path.dirname(file);
  throw new UserError("usage", `the spec has no check ${JSON.stringify(printable(check))}`, {
    hint: didYouMean(check, checks) ?? `it has ${listed(checks)}`,
  });
}

function textOf(file: string): string {
  let bytes: number;
  try {
    bytes = statSync(file).size;
  } catch {
    throw new UserError("usage", `there is no file ${printable(file)}`, { hint: "--file names what the check wrote" });
  }
  if (bytes > mostBytes) throw new UserError("too-large", `${printable(file)} is larger than 16 MiB`);
  return readFileSync(file, "utf8");
}
