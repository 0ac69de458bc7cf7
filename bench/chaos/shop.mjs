// A product on the local platform whose releases have everything with them: traffic, a snapshot, a migration, smoke tests.
import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, symlinkSync } from "node:fs";
import { request } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { agentSocketIn } from "../no-loss.mjs";
import { project } from "../platform.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));

export function releasedShop() {
  const one = project((base) => {
    const folder = path.join(base, "shop");
    cpSync(path.join(root, "test/fixtures/releases"), folder, { recursive: true });
    symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"));
    return folder;
  });
  return {
    ...one,
    async json(...args) {
      const { status, out, err } = await one.run(...args, "--json");
      if (status !== 0) throw new Error(`gantry ${args.join(" ")} ended with ${status}: ${out}${err}`);
      return JSON.parse(out);
    },
    serverPid() {
      try {
        return Number(execFileSync("pgrep", ["-f", `server.js ${one.folder}`], { encoding: "utf8" }).split("\n", 1)[0]);
      } catch {
        return undefined;
      }
    },
    /** What the agent has: which epoch has changed an environment last, and who has its traffic. */
    async seen(environment) {
      const folder = path.join(one.env.XDG_RUNTIME_DIR, "gantry");
      if (!readdirSync(folder).some((name) => name.endsWith("-agent.sock"))) return undefined;
      const state = await ask(agentSocketIn(folder), "/v1/state");
      return state.environments.find((each) => each.environment === environment);
    },
  };
}

function ask(socketPath, target) {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path: target, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part) => (text += part));
      response.once("end", () => resolve(JSON.parse(text)));
    });
    asked.once("error", reject);
    asked.end();
  });
}
