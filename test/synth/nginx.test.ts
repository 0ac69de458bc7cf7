import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type Server, createServer, request } from "node:http";
import { request as requestTls } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Environment } from "../../src/spec/environment.ts";
import { proxyTemplate, sidecarTemplate } from "../../src/synth/nginx.ts";
import { freePort } from "../../src/system/free-port.ts";
import { has } from "../support/programs.ts";
import { subjectOf } from "../support/synth.ts";

// The proxy and the sidecars of a cluster as real nginx processes, with certificates of an authority of their own, in front of plain services.

type Answer = { status: number; body: string };

describe.skipIf(!has("nginx") || !has("openssl"))("with nginx and openssl", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "nginx-"));
  const processes: ChildProcess[] = [];
  const services: Server[] = [];
  const ports: Record<string, number> = {};
  let environment: Environment;

  beforeAll(async () => {
    environment = (await subjectOf("ai-governance")).environments.find((one) => one.environment === "staging") as Environment;
    for (const authority of ["ours", "theirs"]) makeAuthority(path.join(folder, authority));
    for (const name of ["client", "server"]) ports[name] = await listen(name);
    for (const name of ["client", "server"]) {
      ports[`${name}-tls`] = await freePort();
      const text = sidecarTemplate(ports[`${name}-tls`] ?? 0).replaceAll("${UPSTREAM_PORT}", String(ports[name]));
      await start(`${name}-sidecar`, "ours", text, ports[`${name}-tls`] ?? 0);
    }
    ports["stranger"] = await freePort();
    const stranger = sidecarTemplate(ports["stranger"]).replaceAll("${UPSTREAM_PORT}", String(ports["server"]));
    await start("stranger", "theirs", stranger, ports["stranger"]);
    ports["proxy"] = await startProxy("proxy", ports["server-tls"] ?? 0);
    ports["fooled"] = await startProxy("fooled", ports["stranger"]);
  });
  afterAll(() => {
    for (const one of processes) one.kill();
    for (const one of services) one.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("/api goes to the server and the rest to the client, by HTTPS all the way", async () => {
    expect(await ask("proxy", "/api/frameworks")).toEqual({ status: 200, body: "server /api/frameworks" });
    expect(await ask("proxy", "/app.js")).toEqual({ status: 200, body: "client /app.js" });
  });

  test("the proxy answers for its own health, and lets nobody see what is measured", async () => {
    expect(await ask("proxy", "/health/live")).toEqual({ status: 200, body: "ok" });
    expect(await ask("proxy", "/health/ready")).toEqual({ status: 200, body: "ok" });
    expect((await ask("proxy", "/metrics")).status).toBe(404);
  });

  test("a service with a certificate of another authority is not believed", async () => {
    expect((await ask("fooled", "/api/frameworks")).status).toBe(502);
    expect((await ask("fooled", "/")).status).toBe(200);
  });

  test("the proxy does not answer plain HTTP", async () => {
    const status = await new Promise((resolve, reject) => {
      const asked = request({ port: ports["proxy"], path: "/" }, (answer) => resolve(answer.statusCode));
      asked.on("error", reject).end();
    });
    expect(status).toBe(400);
  });

  test("nginx refuses a template that is wrong", () => {
    const file = configure("wrong", "ours", "server { listen 1 ssl; proxy_passes x; }");
    expect(() => execFileSync("nginx", ["-t", "-c", file], { stdio: "pipe" })).toThrow(/proxy_passes/);
  });

  async function startProxy(name: string, server: number): Promise<number> {
    const proxy = environment.services["proxy"];
    if (proxy === undefined) throw new Error("there is no proxy");
    const port = await freePort();
    const text = proxyTemplate(environment, { ...proxy, port }, { tls: true, addressOf: (key) => key })
      .replaceAll("${CLIENT_URL}", `https://localhost:${ports["client-tls"]}`)
      .replaceAll("${SERVER_URL}", `https://localhost:${server}`);
    await start(name, "ours", text, port);
    return port;
  }

  async function start(name: string, authority: string, text: string, port: number): Promise<void> {
    const child = spawn("nginx", ["-c", configure(name, authority, text)], { stdio: ["ignore", "ignore", "pipe"] });
    processes.push(child);
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    for (;;) {
      if (child.exitCode !== null) throw new Error(said);
      if (await answers(port)) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  function configure(name: string, authority: string, text: string): string {
    const own = path.join(folder, name);
    mkdirSync(own, { recursive: true });
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((one) => `${one}_temp_path ${own}/${one};`);
    writeFileSync(path.join(own, "default.conf"), text.replaceAll("/tls/", `${folder}/${authority}/`));
    const main = `daemon off; pid ${own}/pid; error_log stderr; events {} http { access_log off; ${temporary.join(" ")} include ${own}/default.conf; }`;
    writeFileSync(path.join(own, "nginx.conf"), main);
    return path.join(own, "nginx.conf");
  }

  function makeAuthority(own: string): void {
    mkdirSync(own);
    const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: own, stdio: "pipe" });
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=internal-ca");
    openssl("req", ...key, "-keyout", "tls.key", "-out", "tls.csr", "-subj", "/CN=localhost");
    writeFileSync(path.join(own, "names"), "subjectAltName=DNS:localhost");
    openssl(
      "x509",
      "-req",
      "-in",
      "tls.csr",
      "-CA",
      "ca.crt",
      "-CAkey",
      "ca.key",
      "-days",
      "1",
      "-extfile",
      "names",
      "-out",
      "tls.crt",
    );
  }

  async function listen(name: string): Promise<number> {
    const server = createServer((asked, answer) => answer.end(`${name} ${asked.url ?? ""}`));
    services.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  }

  function ask(name: string, path_: string): Promise<Answer> {
    const ca = readFileSync(path.join(folder, "ours/ca.crt"));
    return new Promise((resolve, reject) => {
      requestTls({ host: "localhost", port: ports[name], path: path_, ca, agent: false }, (answer) => {
        let body = "";
        answer.on("data", (chunk: Buffer) => (body += chunk.toString()));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body }));
      })
        .on("error", reject)
        .end();
    });
  }
});

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ port, path: "/" }, () => resolve(true));
    asked.on("error", () => resolve(false)).end();
  });
}

test.each([
  ["/api/*", "location /api/ {"],
  ["/health", "location = /health {"],
  ["/v1.0/*/files", String.raw`location ~ ^/v1\.0/[^/]+/files$ {`],
  ["/v1/*/files/*", "location ~ ^/v1/[^/]+/files/.*$ {"],
])("the path %s is %s", async (given, location) => {
  const { environments } = await subjectOf("ai-governance");
  const [staging] = environments.filter((one) => one.environment === "staging");
  const { proxy, server } = staging?.services ?? {};
  if (staging === undefined || proxy === undefined || server === undefined) throw new Error("there is no staging");
  const changed = { ...staging, services: { ...staging.services, server: { ...server, paths: [given] } } };
  expect(proxyTemplate(changed, proxy, { tls: false, addressOf: (key) => key })).toContain(location);
});
