import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { freePort } from "../../../src/system/free-port.ts";
import { onPath } from "../terraform-tools.ts";

// AWS as moto plays it, where this machine has it.

/** The Python that has moto. */
export function pythonWithMoto(): string | undefined {
  const server = onPath("moto_server");
  const [, shebang] = /^#!(\S*python\S*)\n/.exec(server === undefined ? "" : readFileSync(server, "utf8")) ?? [];
  return [shebang, onPath("python3"), onPath("python")].find((python) => {
    if (python === undefined) return false;
    try {
      execFileSync(python, ["-c", "import moto.server"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
}

export type Moto = {
  readonly url: string;
  /** What AWS' own programs read to find it. */
  readonly env: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
};

/** moto's server on a free port, gone when stopped. */
export async function startMoto(python: string): Promise<Moto> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(python, [fileURLToPath(new URL("server.py", import.meta.url)), String(port)], {
    stdio: "ignore",
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: process.env["HOME"] ?? "",
      MOTO_IAM_LOAD_MANAGED_POLICIES: "true",
      PYTHONDONTWRITEBYTECODE: "1",
    },
  });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const env = {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PAGER: "",
  };
  const stop = async () => {
    child.kill("SIGKILL");
    await gone;
  };
  while (child.exitCode === null) {
    const answers = await fetch(`${url}/moto-api/`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) return { url, env, stop };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("moto's server ended at once");
}
