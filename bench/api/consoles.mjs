// Open consoles: each with a session of its own, reading the stream of events, and noting how late each came.
import { get } from "node:http";
import { createHistogram } from "../../dist/cli/load/histogram.js";

export async function openConsoles({ count, port, link }) {
  const lateness = createHistogram();
  const seen = Array.from({ length: count }, () => 0);
  const host = `gantry.localhost:${port}`;
  const ask = (path, headers) =>
    new Promise((resolve, reject) => {
      get({ host: "127.0.0.1", port, path, headers: { host, ...headers }, agent: false }, resolve).once("error", reject);
    });
  const streams = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const entered = await ask(new URL((await link()).url).pathname);
      entered.resume();
      const cookie = (entered.headers["set-cookie"] ?? []).map((line) => line.split(";")[0]).join("; ");
      const stream = await ask("/v1/events/stream", { cookie });
      if (stream.statusCode !== 200) throw new Error(`a console's stream is answered with ${stream.statusCode}`);
      let rest = "";
      stream.setEncoding("utf8").on("data", (text) => {
        const parts = (rest + text).split("\n\n");
        rest = parts.pop() ?? "";
        for (const part of parts) {
          const at = /^event: event\n[^]*?"at":"([^"]+)"/m.exec(part)?.[1];
          if (at === undefined) continue;
          seen[index] += 1;
          lateness.add(Date.now() - Date.parse(at));
        }
      });
      return stream;
    }),
  );
  return {
    async close() {
      // What was said last is on its way.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      for (const stream of streams) stream.destroy();
      const most = Math.max(...seen);
      return {
        events: most,
        missing: seen.reduce((sum, own) => sum + most - own, 0),
        p50: lateness.quantile(0.5) ?? 0,
        p99: lateness.quantile(0.99) ?? 0,
        max: lateness.max(),
      };
    },
  };
}
