import { connect } from "node:net";
import { connectionWords } from "./http-probe.ts";

/** Undefined when a connection was taken; else why not. */
export function tcpProbe(port: number, timeoutMs: number, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const answer = (why: string | undefined): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      socket.destroy();
      resolve(why);
    };
    const stop = (): void => answer("nobody waits for the answer any more");
    const timer = setTimeout(() => answer(`no connection within ${timeoutMs} ms`), timeoutMs);
    socket.on("error", (error) => answer(connectionWords(error)));
    // With nobody listening, a connection may by chance begin at the very port where it goes to, and then it talks to itself.
    socket.once("connect", () => answer(socket.localPort === port ? "connection refused" : undefined));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop);
  });
}
