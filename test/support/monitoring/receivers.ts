import { createServer, type Server } from "node:http";
import { createServer as createMailServer, type Server as MailServer, type Socket } from "node:net";

export type Told = { readonly path: string; readonly body: string };

/** Where notices arrive over HTTP, and where they arrive as mail. */
export type Receivers = {
  readonly web: string;
  readonly mailPort: number;
  readonly told: Told[];
  close(): Promise<void>;
};

export async function createReceivers(): Promise<Receivers> {
  const told: Told[] = [];
  const web: Server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      told.push({ path: request.url ?? "", body });
      // PagerDuty answers so; to the others it is as good as any.
      response.writeHead(202, { "content-type": "application/json" }).end('{"status":"success","message":"","dedup_key":"k"}');
    });
  });
  const mail: MailServer = createMailServer((socket) => takeMail(socket, (body) => told.push({ path: "mail", body })));
  await Promise.all([web, mail].map((one) => new Promise<void>((done) => one.listen(0, "127.0.0.1", done))));
  const portOf = (server: Server | MailServer) => {
    const address = server.address();
    if (typeof address !== "object" || address === null) throw new Error("it listens on no port");
    return address.port;
  };
  return {
    web: `http://127.0.0.1:${portOf(web)}`,
    mailPort: portOf(mail),
    told,
    async close() {
      web.closeAllConnections();
      await Promise.all([web, mail].map((one) => new Promise((done) => one.close(done))));
    },
  };
}

/** As much of SMTP as handing over a letter takes. */
function takeMail(socket: Socket, take: (letter: string) => void): void {
  let letter: string[] | undefined;
  let rest = "";
  socket.setEncoding("utf8");
  socket.on("error", () => socket.destroy());
  socket.write("220 here\r\n");
  socket.on("data", (chunk: string) => {
    const lines = `${rest}${chunk}`.split("\r\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (letter !== undefined) {
        if (line !== ".") letter.push(line);
        else {
          take(letter.join("\n"));
          letter = undefined;
          socket.write("250 taken\r\n");
        }
      } else if (line === "DATA") {
        letter = [];
        socket.write("354 go on\r\n");
      } else if (line === "QUIT") socket.end("221 bye\r\n");
      else socket.write("250 well\r\n");
    }
  });
}
