// The same answers from a server that does nothing: what the loopback, HTTP and this machine cost in any case. A process of its own, as the real one is.
import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer, get } from "node:http";
import { fileURLToPath } from "node:url";

export async function sameBytes(port, headers, asked) {
  const answers = await Promise.all(asked.map(async ({ path }) => [path, await asSent({ port, headers, path })]));
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

/** Packed where it comes packed. */
async function asSent({ port, headers, path }) {
  const [response] = await once(get({ port, path, headers }), "response");
  const body = Buffer.concat(await response.toArray());
  const { "content-encoding": encoding } = response.headers;
  return { body: body.toString("base64"), ...(encoding === undefined ? {} : { encoding }) };
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.once("message", (answers) => {
    const bodies = new Map(
      answers.map(([path, { body: text, encoding }]) => {
        const body = Buffer.from(text, "base64");
        const more = encoding === undefined ? {} : { "content-encoding": encoding };
        return [path, { body, headers: { "content-type": "application/json", "content-length": body.length, ...more } }];
      }),
    );
    const server = createServer((request, response) => {
      const { headers, body } = bodies.get(request.url) ?? { headers: {}, body: Buffer.from("{}") };
      response.writeHead(200, headers).end(body);
    });
    server.listen(0, "127.0.0.1", () => process.send(server.address().port));
  });
