import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export type Received = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string };
export type Answer = { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly hang?: boolean };

export type Receiver = {
  readonly url: string;
  readonly received: Received[];
  /** What the next requests are answered; the last one stays. */
  answers: Answer[];
  /** Waits until so many have come. */
  has(count: number): Promise<readonly Received[]>;
  close(): Promise<void>;
};

/** A server that keeps what it is sent. */
export async function startReceiver(): Promise<Receiver> {
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      receiver.received.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString() });
      const answer = (receiver.answers.length > 1 ? receiver.answers.shift() : receiver.answers[0]) ?? { status: 200 };
      if (answer.hang !== true) response.writeHead(answer.status, answer.headers).end("ok");
      for (const look of waiting.splice(0)) look();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: [],
    answers: [{ status: 200 }],
    async has(count) {
      while (receiver.received.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
      return receiver.received;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}
