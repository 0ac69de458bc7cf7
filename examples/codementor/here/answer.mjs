import { createServer } from "node:http";

/** Answers `routes` ("GET /health") with JSON on 127.0.0.1:$PORT; on SIGTERM it finishes what is open and ends. */
export function answer(routes, { origins = [] } = {}) {
  const server = createServer(async (request, response) => {
    const [pathname] = (request.url ?? "/").split("?");
    const { origin } = request.headers;
    if (origins.includes(origin)) response.setHeader("access-control-allow-origin", origin);
    const route = routes[`${request.method} ${pathname}`];
    const [status, body] = route ? [200, await route(await read(request))] : [404, { error: `there is no ${pathname}` }];
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () =>
    console.log(JSON.stringify({ level: "info", message: "listening", ...server.address() })),
  );
  process.once("SIGTERM", () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
}

async function read(request) {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
