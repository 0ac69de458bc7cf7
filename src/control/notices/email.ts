import { createHash } from "node:crypto";
import { createTransport } from "nodemailer";
import { type Address, type Envelope, type Outcome, headline, linkText } from "./notice.ts";

const timeoutMs = 20_000;

/** The secret is the server to send through: `smtps://user:password@host:465?from=alerts@example.com`. */
export async function sendEmail({ address, key }: Address, envelope: Envelope): Promise<Outcome> {
  const server = serverOf(key);
  if (server === undefined)
    return { is: "never", why: "its secret is no SMTP server: write smtp://host:25 or smtps://user:password@host:465" };
  const transport = createTransport({
    ...server.options,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({
      from: { name: "Gantry", address: server.from },
      to: address,
      subject: headline(envelope.notice),
      text: bodyOf(envelope),
      ...threadOf(envelope),
      headers: { "Auto-Submitted": "auto-generated", "X-Gantry-Environment": envelope.notice.environment },
    });
    return { is: "sent" };
  } catch (error) {
    const { responseCode, code } = error as { responseCode?: number; code?: string };
    const why =
      responseCode === undefined
        ? `the mail server cannot be reached (${code ?? "no reason given"})`
        : `the mail server answered ${responseCode}`;
    return responseCode !== undefined && responseCode >= 500 ? { is: "never", why } : { is: "again", why };
  } finally {
    transport.close();
  }
}

/** All that is told of one occurrence stands in one thread. */
function threadOf({ id, notice }: Envelope): { messageId: string; inReplyTo?: string; references?: string } {
  const host = `${notice.environment}.${notice.product}.gantry`;
  const thread = `<${createHash("sha256").update(notice.dedupKey).digest("hex")}@${host}>`;
  return { messageId: `<${id}@${host}>`, inReplyTo: thread, references: thread };
}

function bodyOf({ notice }: Envelope): string {
  const lines: (readonly [string, string | undefined])[] = [
    ["Severity", notice.severity],
    ["Product", notice.product],
    ["Environment", notice.environment],
    ["About", notice.of],
    ["Owner", notice.owner],
    ["Since", notice.since],
    ["Until", notice.until],
    ["Runbook", notice.runbook],
    [linkText(notice), notice.link],
  ];
  const facts = lines.flatMap(([name, value]) => (value === undefined ? [] : [`${`${name}:`.padEnd(13)}${value}`]));
  const labels = Object.entries(notice.labels).map(([name, value]) => `  ${name} = ${value}`);
  return [notice.text, "", ...facts, ...(labels.length === 0 ? [] : ["", ...labels]), ""].join("\n");
}

function serverOf(key: string) {
  let url: URL;
  try {
    url = new URL(key.trim());
  } catch {
    return undefined;
  }
  if (!["smtp:", "smtps:"].includes(url.protocol) || url.hostname === "") return undefined;
  const secure = url.protocol === "smtps:";
  const user = decodeURIComponent(url.username);
  return {
    from: url.searchParams.get("from") ?? (user.includes("@") ? user : `gantry@${url.hostname}`),
    options: {
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port === "" ? (secure ? 465 : 25) : Number(url.port),
      secure,
      // A password is never said in the clear, unless the server is this very machine.
      requireTLS: !secure && user !== "" && !isLoopback(url.hostname),
      ...(user === "" ? {} : { auth: { user, pass: decodeURIComponent(url.password) } }),
    },
  };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || host.startsWith("127.");
}
