import { createServer } from "node:http";

/** Answers `routes` ("GET /v1/claims") with JSON on 127.0.0.1:$PORT; on SIGTERM it finishes what is open and ends. */
export function serve(routes) {
  const server = createServer(async (request, response) => {
    const [pathname] = request.url.split("?");
    const route = routes[`${request.method} ${pathname}`];
    const { status = 200, ...body } = route ? await route(request.headers) : { status: 404, error: `there is no ${pathname}` };
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () =>
    console.log(JSON.stringify({ level: "info", message: "listening", port: server.address().port })),
  );
  process.once("SIGTERM", () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
}
