import { connect } from "node:tls";
import type { Reading } from "./watcher.ts";

const timeoutMs = 10_000;

/** When the certificate that a host shows runs out; whether it is trusted is another question. */
export async function readCertificate(
  host: string,
  at: { readonly address?: string; readonly port?: number } = {},
): Promise<readonly Reading[]> {
  const expires = await new Promise<number | undefined>((resolve) => {
    const socket = connect({
      host: at.address ?? host,
      port: at.port ?? 443,
      servername: host,
      rejectUnauthorized: false,
      timeout: timeoutMs,
    });
    const end = (value: number | undefined): void => {
      socket.destroy();
      resolve(value);
    };
    socket.on("secureConnect", () => {
      const { valid_to: until } = socket.getPeerCertificate();
      const ms = Date.parse(until);
      end(Number.isFinite(ms) ? ms / 1_000 : undefined);
    });
    socket.on("timeout", () => end(undefined));
    socket.on("error", () => end(undefined));
  });
  return expires === undefined ? [] : [{ name: "probe_ssl_earliest_cert_expiry", labels: { host }, value: expires }];
}
