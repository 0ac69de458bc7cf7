import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { MailView } from "../../src/wire/resources.ts";
import { adminToken, principal, resourceServer, type ResourceServer } from "../support/resource-server.ts";

const api = principal("dev", "api", [{ kind: "mail", resource: "shop-dev-mail", access: ["send"] }]);
const silent = principal("dev", "silent", []);

let server: ResourceServer;
beforeAll(async () => {
  server = await resourceServer({ principals: [api, silent], mailboxes: [{ name: "shop-dev-mail", environment: "dev" }] });
  await server.start();
});
afterAll(() => server.remove());

/** Says lines and hands back the status of each answer, until the server ends it or all is said. */
async function talk(lines: readonly string[]): Promise<string[]> {
  const socket = connect(server.smtpPort(), "127.0.0.1");
  socket.on("error", () => undefined);
  const statuses: string[] = [];
  let text = "";
  const rest = [...lines];
  socket.on("data", (part: Buffer) => {
    text += part.toString();
    for (let at = text.indexOf("\r\n"); at >= 0; at = text.indexOf("\r\n")) {
      const line = text.slice(0, at);
      text = text.slice(at + 2);
      if (line[3] === "-") continue;
      statuses.push(line.slice(0, 3));
      const next = rest.shift();
      if (next === undefined) socket.end();
      else socket.write(`${next}\r\n`);
    }
  });
  await once(socket, "close");
  return statuses;
}

function plain({ accessKeyId, secretKey }: { accessKeyId: string; secretKey: string }): string {
  return `AUTH PLAIN ${Buffer.from(`\0${accessKeyId}\0${secretKey}`).toString("base64")}`;
}

async function mails(environment: string): Promise<MailView[]> {
  const response = await fetch(`${server.url()}/_gantry/mail/${environment}`, {
    headers: { authorization: `Bearer ${adminToken}` },
  });
  return ((await response.json()) as { mails: MailView[] }).mails;
}

test("a mail is kept, byte for byte, and survives a kill", async () => {
  const text = "From: a@shop.example\r\nTo: b@x.example\r\nSubject: Your\r\n invoice \u001b[31m\r\n\r\nHello\r\n..dot\r\n.";
  expect(
    await talk([
      "EHLO t",
      plain(api),
      "MAIL FROM:<a@shop.example>",
      "RCPT TO:<b@x.example>",
      "RCPT TO:<c@x.example>",
      "DATA",
      text,
      "QUIT",
    ]),
  ).toEqual(["220", "250", "235", "250", "250", "250", "354", "250", "221"]);
  await server.kill();
  await server.start();
  const [mail, ...more] = await mails("dev");
  expect(more).toEqual([]);
  expect(mail).toMatchObject({
    environment: "dev",
    service: "api",
    mailbox: "shop-dev-mail",
    from: "a@shop.example",
    to: ["b@x.example", "c@x.example"],
    subject: "Your invoice  [31m",
  });
  const raw = await fetch(`${server.url()}/_gantry/mail/dev/${mail?.id}`, { headers: { authorization: `Bearer ${adminToken}` } });
  expect(await raw.text()).toBe(
    "From: a@shop.example\r\nTo: b@x.example\r\nSubject: Your\r\n invoice \u001b[31m\r\n\r\nHello\r\n.dot\r\n",
  );
});

test("nobody sends without a key that may, and nobody reads without the admin's token", async () => {
  expect(await talk(["EHLO t", "MAIL FROM:<a@shop.example>"])).toEqual(["220", "250", "530"]);
  expect(await talk(["EHLO t", plain({ ...api, secretKey: "wrong" })])).toEqual(["220", "250", "535"]);
  expect(await talk(["EHLO t", plain(silent)])).toEqual(["220", "250", "535"]);
  for (const place of ["mail/dev", "mail/dev/x"]) expect((await fetch(`${server.url()}/_gantry/${place}`)).status).toBe(401);
  const escape = await fetch(`${server.url()}/_gantry/mail/dev/..%2F..%2Fmachine`, {
    headers: { authorization: `Bearer ${adminToken}` },
  });
  expect(escape.status).toBe(404);
});

test("a mail that is too large is refused and not kept", async () => {
  const before = (await mails("dev")).length;
  const large = `Subject: large\r\n\r\n${`${"x".repeat(998)}\r\n`.repeat(27_000)}.`;
  expect(await talk(["EHLO t", plain(api), "MAIL FROM:<a@shop.example>", "RCPT TO:<b@x.example>", "DATA", large])).toEqual([
    "220",
    "250",
    "235",
    "250",
    "250",
    "354",
    "552",
  ]);
  expect(await mails("dev")).toHaveLength(before);
});
