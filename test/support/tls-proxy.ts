import { request } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { selfSigned } from "./self-signed.ts";

export type TlsProxy = { readonly port: number; readonly url: string; readonly cert: string; close(): Promise<void> };

/** What ends TLS in front of a server, as `localhost`: whoever trusts its certificate reaches the server by it. */
export async function startTlsProxy(to: number): Promise<TlsProxy> {
  const made = selfSigned(1, ["localhost"]);
  const server = createServer(made, (given, answer) => {
    const { method, url, headers } = given;
    const asked = request({ host: "127.0.0.1", port: to, method, path: url, headers, agent: false }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    asked.once("error", () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()));
    answer.once("close", () => asked.destroy());
    given.pipe(asked);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `https://localhost:${port}`,
    cert: made.cert,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
