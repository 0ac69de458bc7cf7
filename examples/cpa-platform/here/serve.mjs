import { createServer } from "node:http";

export const log = (message, more = {}) => console.log(JSON.stringify({ level: "info", message, ...more }));

/** Answers `routes` ("GET /api/v1/health") on 127.0.0.1:$PORT; on SIGTERM it finishes what is open and ends. */
export function serve(routes) {
  const server = createServer((request, response) => {
    const [path] = request.url.split("?");
    const answer = routes[`${request.method} ${path}`];
    const body = answer ? answer() : { error: `there is no ${path}` };
    const page = typeof body === "string";
    response.writeHead(answer ? 200 : 404, { "content-type": page ? "text/html" : "application/json" });
    response.end(page ? body : JSON.stringify(body));
    log(`${request.method} ${path}`, { status: response.statusCode });
  });
  server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => log("listening", { port: server.address().port }));
  process.once("SIGTERM", () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
}
