import { SMTPServer, type SMTPServerSession } from "smtp-server";
import type { ResourcePrincipal } from "../../wire/resources.ts";
import { limits } from "../limits.ts";
import { mayUse, type Principals } from "../principals.ts";
import type { Mailboxes } from "./mailboxes.ts";

export type SmtpOptions = {
  readonly mailboxes: Mailboxes;
  readonly principals: () => Principals;
  readonly failed: (error: unknown) => void;
};

export type Smtp = { readonly port: number; readonly close: () => Promise<void> };

/** Takes mail from services that sign in with their key. */
export async function listenSmtp(port: number, { mailboxes, principals, failed }: SmtpOptions): Promise<Smtp> {
  const server = new SMTPServer({
    name: "gantry.localhost",
    banner: "mail is kept on this machine",
    // On loopback there is nobody between.
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    authMethods: ["PLAIN", "LOGIN"],
    disableReverseLookup: true,
    size: limits.mailBytes,
    maxClients: limits.smtpClients,
    socketTimeout: limits.idleTimeoutMs,
    closeTimeout: 1_000,
    logger: false,
    onAuth: ({ username, password }, _session, done) => {
      const principal = principals().byPassword(username ?? "", password ?? "");
      if (!principal || !mailboxFor(principal)) return done(refusal(535, "no service with this key may send mail"));
      done(null, { user: principal.accessKeyId });
    },
    onRcptTo: (_address, session, done) => {
      if (session.envelope.rcptTo.length >= limits.recipients)
        return done(refusal(452, `at most ${limits.recipients} recipients`));
      done();
    },
    onData: (stream, session, done) => {
      keep(session, stream as AsyncIterable<Buffer>)
        .then((id) => done(null, `kept as ${id}`))
        .catch((error: unknown) => {
          stream.resume();
          if (!(error instanceof Error && "responseCode" in error)) failed(error);
          done(error instanceof Error && "responseCode" in error ? error : refusal(451, "the mail could not be kept"));
        });
    },
  });

  function mailboxFor(principal: ResourcePrincipal): string | undefined {
    const granted = principal.grants.find(
      ({ kind, resource }) => kind === "mail" && mailboxes.mailboxOf(resource) && mayUse(principal, "mail", resource, "send"),
    );
    return granted?.resource;
  }

  async function keep(session: SMTPServerSession, stream: AsyncIterable<Buffer>): Promise<string> {
    const principal = principals().byAccessKey(session.user ?? "");
    const mailbox = principal && mailboxFor(principal);
    const config = mailbox === undefined ? undefined : mailboxes.mailboxOf(mailbox);
    if (!principal || !config) throw refusal(535, "this service may send no mail any more");
    const { mailFrom, rcptTo } = session.envelope;
    const about = {
      environment: config.environment,
      service: principal.service,
      mailbox: config.name,
      from: mailFrom === false ? "" : mailFrom.address,
      to: rcptTo.map(({ address }) => address),
    };
    const { id } = await mailboxes.keep(about, within(stream));
    return id;
  }

  async function* within(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const part of stream) {
      bytes += part.length;
      // What is too much is read and dropped: the answer comes after the end of the mail.
      if (bytes <= limits.mailBytes) yield part;
    }
    if (bytes > limits.mailBytes) throw refusal(552, `a mail is at most ${limits.mailBytes} bytes`);
  }

  // A client that breaks off is no fault of ours.
  server.on("error", () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  });
  const address = server.server.address();
  return {
    port: typeof address === "object" && address ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
