// Stands in for the proxy: /api goes to the server, the rest to the client.
import { request as ask } from "node:http";
import { answer } from "./answer.mjs";

const { CLIENT_URL = "http://127.0.0.1:3000", SERVER_URL = "http://127.0.0.1:4000" } = process.env;

answer(
  {},
  {
    otherwise(request, response) {
      const { url: path = "/", method, headers } = request;
      const { host, hostname, port } = new URL(path.startsWith("/api/") ? SERVER_URL : CLIENT_URL);
      const onward = ask({ hostname, port, path, method, headers: { ...headers, host } }, (answered) => {
        response.writeHead(answered.statusCode ?? 502, answered.headers);
        answered.pipe(response);
      });
      onward.on("error", ({ message }) => {
        if (response.headersSent) response.destroy();
        else response.writeHead(502, { "content-type": "application/json" }).end(JSON.stringify({ error: message }));
      });
      request.pipe(onward);
    },
  },
);
