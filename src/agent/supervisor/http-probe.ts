import { request } from "node:http";

/** Undefined when it answered with 200 to 399 in time; else why not. Redirects are an answer and are not followed. */
export function httpProbe(port: number, path: string, timeoutMs: number, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const probe = request({
      host: "127.0.0.1",
      port,
      path,
      method: "GET",
      // A connection of its own each time: one that was kept open would go on working where new ones no longer do.
      agent: false,
      headers: { "user-agent": "gantry-health", accept: "*/*", connection: "close" },
    });
    const answer = (why: string | undefined): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      resolve(why);
    };
    const stop = (): void => {
      answer("nobody waits for the answer any more");
      probe.destroy();
    };
    timer = setTimeout(() => {
      answer(`no answer within ${timeoutMs} ms`);
      probe.destroy();
    }, timeoutMs);
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop);
    probe.on("response", (response) => {
      const status = response.statusCode ?? 0;
      // Read to its end, so that the service sees a client that behaves; but only as far as a word on its health goes.
      let bytes = 0;
      const cut = setTimeout(() => response.destroy(), timeoutMs);
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > 256 * 1_024) response.destroy();
      });
      response.on("error", () => undefined);
      response.once("close", () => clearTimeout(cut));
      answer(status >= 200 && status < 400 ? undefined : `it answered ${status}`);
    });
    probe.on("error", (error: NodeJS.ErrnoException) => answer(connectionWords(error)));
    probe.end();
  });
}

export function connectionWords(error: NodeJS.ErrnoException): string {
  const { code = "", message } = error;
  if (code === "ECONNREFUSED") return "connection refused";
  if (code === "ECONNRESET") return "the connection was closed without an answer";
  if (code.startsWith("HPE_")) return "what it answers is not HTTP";
  return code === "" ? message : `${message} (${code})`;
}
