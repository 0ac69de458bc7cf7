import { randomInt } from "node:crypto";
import { createServer } from "node:net";

// Below what systems hand out by themselves (Linux from 32768, macOS from 49152): between the moment in which a port is found to be free
// and that in which somebody listens there, no connection that leaves this machine gets it.
const ours = { from: 20_000, to: 32_000 };

/** A port on loopback that nobody has, at least now: the first of those preferred that is free, else any. */
export async function freePort(...preferred: readonly (number | undefined)[]): Promise<number> {
  for (const port of preferred) if (port !== undefined && (await listensAt(port)) !== undefined) return port;
  for (let tries = 0; tries < 20; tries++) {
    const port = await listensAt(randomInt(ours.from, ours.to));
    if (port !== undefined) return port;
  }
  const port = await listensAt(0);
  if (port === undefined) throw new Error("this machine has no free port");
  return port;
}

function listensAt(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : undefined));
    });
  });
}
