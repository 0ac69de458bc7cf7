// The same answers from a server that does nothing: what the loopback, HTTP and this machine cost in any case. A process of its own, as the real one is.
import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

export async function sameBytes(port, headers, asked) {
  const answers = await Promise.all(
    asked.map(async ({ path }) => [path, await (await fetch(`http://127.0.0.1:${port}${path}`, { headers })).text()]),
  );
  const child = fork(fileURLToPath(import.meta.url), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  child.send(answers);
  const [own] = await once(child, "message");
  return {
    port: own,
    async close() {
      child.kill();
      await once(child, "exit");
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.once("message", (answers) => {
    const bodies = new Map(answers.map(([path, text]) => [path, Buffer.from(text)]));
    const server = createServer((request, response) => {
      const body = bodies.get(request.url) ?? Buffer.from("{}");
      response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body);
    });
    server.listen(0, "127.0.0.1", () => process.send(server.address().port));
  });
