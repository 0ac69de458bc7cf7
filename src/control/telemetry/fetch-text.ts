import { request } from "node:http";

export type Fetched = { readonly text: string; readonly contentType: string };

export type FetchLimits = { readonly timeoutMs: number; readonly maxBytes: number };

/** Gets a text from a port of this machine. Fails with a sentence when it takes too long or is too much, wherever it got to. */
export function fetchText(port: number, path: string, accept: string, { timeoutMs, maxBytes }: FetchLimits): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const outgoing = request({
      host: "127.0.0.1",
      port,
      path,
      // No connection is kept: it could have been left half dead by whoever answered.
      agent: false,
      // What is packed could be anything when it is unpacked.
      headers: { accept, "accept-encoding": "identity", "user-agent": "gantry" },
    });
    const timer = setTimeout(() => fail(`it did not answer in full within ${timeoutMs} ms`), timeoutMs);
    const fail = (reason: string) => {
      clearTimeout(timer);
      outgoing.destroy();
      reject(new Error(reason));
    };
    outgoing.on("error", (error: NodeJS.ErrnoException) => fail(reasonOf(error)));
    outgoing.on("response", (response) => {
      const { statusCode, headers } = response;
      if (statusCode !== 200) return fail(`it answered ${statusCode}`);
      const encoding = headers["content-encoding"];
      if (encoding !== undefined && encoding !== "identity") return fail("it answered packed, which was not asked for");
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxBytes) fail(`it answered more than ${maxBytes} bytes`);
        else chunks.push(chunk);
      });
      response.on("error", (error) => fail(reasonOf(error)));
      response.on("end", () => {
        clearTimeout(timer);
        if (response.complete)
          resolve({ text: Buffer.concat(chunks).toString("utf8"), contentType: headers["content-type"] ?? "" });
      });
    });
    outgoing.end();
  });
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === "ECONNREFUSED") return "nobody listens at its port";
  if (error.code === "ECONNRESET") return "it broke off in the middle of its answer";
  return error.code ?? error.message;
}
