import { createServer } from "node:http";

const health = {
  "GET /health/live": () => ({ status: "ok" }),
  "GET /health/ready": () => ({ status: "ready" }),
};

/**
 * Answers its health and `routes` ("GET /api/frameworks") on 127.0.0.1:$PORT: text as HTML or plain text, anything else as JSON.
 * What no route takes goes to `otherwise`. On SIGTERM it finishes what is open and ends.
 */
export function answer(routes, { port = 8080, otherwise } = {}) {
  const all = { ...health, ...routes };
  const server = createServer(async (request, response) => {
    const [pathname] = (request.url ?? "/").split("?");
    const route = all[`${request.method} ${pathname}`];
    if (!route && otherwise) return otherwise(request, response);
    const body = route ? await route() : { error: `there is no ${pathname}` };
    const type = typeof body !== "string" ? "application/json" : body.startsWith("<") ? "text/html" : "text/plain; version=0.0.4";
    response.writeHead(route ? 200 : 404, { "content-type": type }).end(typeof body === "string" ? body : JSON.stringify(body));
  });
  server.listen(Number(process.env.PORT ?? port), "127.0.0.1", () => say("listening", server.address()));
  process.once("SIGTERM", () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
}

/** One line of JSON, as the real services log. */
export function say(message, more = {}) {
  console.log(JSON.stringify({ level: "info", message, ...more }));
}
