import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Server, createServer } from "node:tls";

export type TlsServer = { readonly port: number; readonly server: Server; close(): Promise<void> };

/** A server that shows a certificate of its own, good for so many days; made by openssl. */
export async function startTlsServer(days: number): Promise<TlsServer> {
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-tls-"));
  const [key, cert] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
  const made = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", String(days)];
  execFileSync("openssl", ["req", ...made, "-subj", "/CN=shop.example", "-keyout", key, "-out", cert], { stdio: "ignore" });
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) });
  rmSync(folder, { recursive: true, force: true });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    server,
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
