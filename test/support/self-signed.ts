import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Server, createServer } from "node:tls";

/** A certificate that nobody but itself vouches for, of these names or of none, good for so many days; made by openssl. */
export function selfSigned(days: number, names: readonly string[] = []): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-tls-"));
  try {
    const [key, cert] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
    const made = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", String(days)];
    const named = names.length === 0 ? [] : ["-addext", `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`];
    execFileSync("openssl", ["req", ...made, ...named, "-subj", "/CN=shop.example", "-keyout", key, "-out", cert], {
      stdio: "ignore",
    });
    return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export type TlsServer = { readonly port: number; readonly server: Server; close(): Promise<void> };

/** A server that shows such a certificate. */
export async function startTlsServer(days: number): Promise<TlsServer> {
  const server = createServer(selfSigned(days));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    server,
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
