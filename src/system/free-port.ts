import { createServer } from "node:net";

/** A port on loopback that nobody has, at least now. `preferred` is taken when it is free. */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await listensAt(preferred)) !== undefined) return preferred;
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
