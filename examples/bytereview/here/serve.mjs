import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

/** One line of the log, with the fields that every line carries. */
export function log(message, { trace_id = randomUUID(), uid = "nobody", operation_id = randomUUID(), ...more } = {}) {
  console.log(JSON.stringify({ level: "info", message, trace_id, uid, operation_id, ...more }));
}

/** Answers `routes` ("GET /api/documents/*") on 127.0.0.1:$PORT; on SIGTERM it finishes what is open and ends. */
export function serve(routes) {
  const table = Object.entries(routes).map(([route, answer]) => {
    const [method, path] = route.split(" ");
    return { method, answer, start: path.replace(/\*$/, ""), open: path.endsWith("*") };
  });
  const server = createServer(async (request, response) => {
    const [pathname] = request.url.split("?");
    const fits = ({ method, start, open }) =>
      method === request.method && (open ? pathname.startsWith(start) : pathname === start);
    const found = table.find(fits);
    const answer = found ? await found.answer(pathname.slice(found.start.length)) : { error: `there is no ${pathname}` };
    const page = typeof answer === "string";
    response.writeHead(found ? 200 : 404, { "content-type": page ? "text/html" : "application/json" });
    response.end(page ? answer : JSON.stringify(answer));
    const [, trace_id] = (request.headers.traceparent ?? "").split("-");
    log(`${request.method} ${pathname}`, { ...(trace_id ? { trace_id } : {}), status: response.statusCode });
  });
  server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => log("listening", { port: server.address().port }));
  process.once("SIGTERM", () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
}

/** Does `work` again and again; on SIGTERM it finishes the round it is in and ends. */
export async function again(everyMs, work) {
  const stopping = new AbortController();
  process.once("SIGTERM", () => stopping.abort());
  while (!stopping.signal.aborted) {
    await work();
    await wait(everyMs, undefined, { signal: stopping.signal }).catch(() => {});
  }
}
