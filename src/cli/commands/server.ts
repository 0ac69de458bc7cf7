import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { serverCollects } from "../../control/collecting.ts";
import { hostingOf } from "../../control/hosting.ts";
import { loginSettingsIn } from "../../control/http/oidc/login-settings.ts";
import { builtFile } from "../../control/processes.ts";
import { whyItGaveUp } from "../../system/give-up.ts";
import { type Command, exit } from "../command.ts";
import { localPlatform } from "../platform.ts";
import { readSpec } from "../read-spec.ts";

export const server: Command = {
  name: "server",
  summary: "Runs the server of this folder in the foreground, for a machine that several people use: API, console, releases.",
  takes: "",
  options: {
    listen: { type: "string", placeholder: "host:port", help: "where it listens; else 127.0.0.1 at a port that is free" },
    url: {
      type: "string",
      placeholder: "url",
      help: "as others call it, where a proxy in front ends TLS: https://gantry.example.com",
    },
  },
  examples: [
    "gantry server --listen 127.0.0.1:4000",
    "DATABASE_URL=postgres://… gantry server --listen 0.0.0.0:4000 --url https://gantry.example.com",
  ],
  async run(given) {
    const { options, err, colours } = given;
    const [listen, url] = [options["listen"], options["url"]].map((one) => (typeof one === "string" ? one : undefined));
    const { DATABASE_URL: database } = process.env;
    const hosting = hostingOf({ listen, url, database: database === "" ? undefined : database });
    const login = loginSettingsIn(process.env);
    const { file } = await readSpec(given);
    const platform = localPlatform(file);
    err(
      `${colours.dim(`control database: ${hosting.database === undefined ? "embedded" : "DATABASE_URL"}; people log in ${login === undefined ? "by a link of gantry open --console" : `with ${login.name}`}; Ctrl-C ends it, what it started goes on`)}\n`,
    );
    const child = spawn(process.execPath, [...serverCollects, builtFile("server.js"), platform.place.root], {
      // It hears by its standard input when this process is gone, however it went.
      stdio: ["pipe", "inherit", "pipe"],
      env: {
        ...process.env,
        GANTRY_SERVER_ATTACHED: "1",
        ...(listen === undefined ? {} : { GANTRY_SERVER_LISTEN: listen }),
        ...(url === undefined ? {} : { GANTRY_SERVER_URL: url }),
        ...(hosting.database === undefined ? {} : { GANTRY_SERVER_DATABASE: hosting.database }),
      },
    });
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill("SIGTERM"));
    let last = "";
    const lines = createInterface({ input: child.stderr }).on("line", (line) => {
      last = line;
      if (whyItGaveUp(line) === undefined) err(`${line}\n`);
    });
    const read = once(lines, "close");
    await once(child, "exit");
    // What it has started may hold on to where it wrote.
    await Promise.race([read, sleep(500)]);
    child.stderr.destroy();
    const why = whyItGaveUp(last);
    if (why !== undefined) throw why;
    return child.exitCode ?? exit.notReachable;
  },
};
