import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, type Server, type Socket, connect, createServer } from "node:net";
import path from "node:path";
import { type Project, ask, until } from "./platform.ts";

/** The process that has the platform of this folder. */
export function holderOf({ folder }: Pick<Project, "folder">): number {
  const { pid } = JSON.parse(readFileSync(path.join(folder, ".gantry/locks/server/holder.json"), "utf8")) as { pid: number };
  return pid;
}

export type Balancer = { readonly port: number; close(): Promise<void> };

/** Gives each connection to the next of these ports that takes it. */
export async function roundRobin(port: number, ports: () => readonly number[]): Promise<Balancer> {
  let turn = 0;
  const open = new Set<Socket>();
  const server: Server = createServer((client) => {
    const [first, all] = [(turn += 1), ports()];
    const next = (attempt: number): void => {
      const to = all[(first + attempt) % all.length];
      if (to === undefined || attempt === all.length) return void client.destroy();
      const upstream = connect(to, "127.0.0.1");
      const refused = (): void => next(attempt + 1);
      upstream.once("error", refused).once("connect", () => {
        upstream.off("error", refused).on("error", () => client.destroy());
        for (const one of [client, upstream]) open.add(one);
        client.pipe(upstream).pipe(client);
        client.once("close", () => upstream.destroy());
        upstream.once("close", () => client.destroy());
      });
    };
    client.on("error", () => client.destroy());
    next(0);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const one of open) one.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** haproxy in front of servers, as somebody sets it up who reads docs/api.md. */
export async function startHaproxy(
  folder: string,
  { port, host, ports }: { readonly port: number; readonly host: string; readonly ports: readonly number[] },
): Promise<Balancer> {
  const file = path.join(folder, "haproxy.cfg");
  const servers = ports.map((one, index) => `  server s${index} 127.0.0.1:${one} check inter 200ms fall 1 rise 1`);
  writeFileSync(
    file,
    `defaults
  mode http
  timeout connect 5s
  timeout check 5s
  timeout client 60s
  timeout server 60s
frontend gantry
  bind 127.0.0.1:${port}
  default_backend servers
backend servers
  balance roundrobin
  option httpchk
  http-check send meth GET uri /readyz hdr Host ${host}
  http-request set-header Host ${host}
  retries 3
  option redispatch 1
  retry-on conn-failure empty-response
  http-request disable-l7-retry if !METH_GET
${servers.join("\n")}
`,
  );
  const child = spawn("haproxy", ["-db", "-f", file], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const gone = once(child, "close");
  const ready = async () => {
    if (child.exitCode !== null) throw new Error(`haproxy ended: ${said}`);
    return (await ask(port, host, "/readyz")).status;
  };
  await until("haproxy answers", ready, (status) => status === 200);
  return {
    port,
    async close() {
      child.kill("SIGTERM");
      await gone;
    },
  };
}
