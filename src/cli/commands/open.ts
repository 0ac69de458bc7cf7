import { spawn } from "node:child_process";
import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import type { PlatformStatus } from "../../wire/up.ts";
import { type Command, type Given, exit } from "../command.ts";
import { consoleLink } from "../console-link.ts";
import { localPlatform, requireServer } from "../platform.ts";
import { readSpec } from "../read-spec.ts";

export const open: Command = {
  name: "open",
  summary: "Opens an environment, one of its services, or the control room in the browser.",
  takes: "[env] [service]",
  completes: ["environment"],
  options: {
    console: { type: "boolean", help: "the control room: by a link that is good once, for five minutes" },
    print: { type: "boolean", help: "only say the address" },
  },
  examples: ["gantry open", "gantry open prod", "gantry open dev api --print", "gantry open --console"],
  async run(given) {
    const { args, options } = given;
    const [named, service] = args;
    const { file, data } = await readSpec(given);
    const platform = localPlatform(file);
    await requireServer(platform);
    if (options["console"] === true) return show(await consoleLink(platform), given);
    const { environments } = await platform.get<PlatformStatus>(
      `/v1/status?product=${encodeURIComponent(String(data["name"] ?? ""))}`,
    );
    const up = environments.filter((one) => one.state === "up");
    const known = up.map((one) => one.environment);
    const environment = named === undefined ? up[0] : up.find((one) => one.environment === named);
    if (!environment)
      throw new UserError("unknown-environment", named === undefined ? "no environment is up" : `${named} is not up`, {
        hint: (named === undefined ? undefined : didYouMean(named, known)) ?? `gantry up ${named ?? ""}`.trim(),
      });
    const withUrl = environment.services.filter((one) => one.url !== undefined);
    const url =
      service === undefined ? (environment.url ?? withUrl[0]?.url) : withUrl.find((one) => one.service === service)?.url;
    if (url === undefined)
      throw new UserError(
        "unknown-service",
        service === undefined
          ? `${environment.environment} has nothing to open`
          : `${environment.environment} has no service ${service} to open`,
        {
          hint:
            service === undefined
              ? "it has no service that listens"
              : (didYouMean(
                  service,
                  withUrl.map((one) => one.service),
                ) ?? "gantry status lists them"),
        },
      );
    return show(url, given);
  },
};

function show(url: string, { options, out }: Given): number {
  if (options["json"] === true) out(`${JSON.stringify({ ok: true, url }, undefined, 2)}\n`);
  else out(`${url}\n`);
  if (options["print"] !== true && options["json"] !== true) openInBrowser(url);
  return exit.done;
}

function openInBrowser(url: string): void {
  const [program, ...args] =
    process.platform === "darwin" ? ["open", url] : process.platform === "win32" ? ["explorer", url] : ["xdg-open", url];
  const child = spawn(program ?? "xdg-open", args, { detached: true, stdio: "ignore" });
  // Where there is no browser the address has been printed.
  child.once("error", () => {});
  child.unref();
}
