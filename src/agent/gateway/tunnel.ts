import { request as httpRequest, type ClientRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { answerHeaders } from "./answer-head.ts";
import type { Core } from "./core.ts";
import { createRelay, type Relay } from "./relay.ts";
import type { Replica } from "./replica.ts";
import { headerOf } from "./request-head.ts";
import type { ServiceState } from "./service-state.ts";
import { Visit } from "./visit.ts";
import { goingAwayToClient, goingAwayToServer } from "./websocket-frames.ts";

/** A WebSocket, from its handshake to its end. */
export class Tunnel extends Visit {
  private readonly client: Socket;
  private readonly early: Buffer;
  private handshake: ClientRequest | undefined;
  private server: Socket | undefined;
  private toServer: Relay | undefined;
  private toClient: Relay | undefined;
  private deadline: NodeJS.Timeout | undefined;
  private leaving = false;

  constructor(
    core: Core,
    request: IncomingMessage,
    response: ServerResponse,
    { socket, head }: { socket: Socket; head: Buffer },
  ) {
    super(core, request, response);
    this.client = socket;
    this.early = head;
    socket.setTimeout(0);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.closed());
    // An answer that is no switch of protocols is the last one on this connection.
    response.on("finish", () => socket.destroySoon());
  }

  override begin(bound?: ServiceState): void {
    const { rawHeaders, method } = this.request;
    if (method !== "GET" || headerOf(rawHeaders, "upgrade")?.toLowerCase() !== "websocket")
      return this.refuse(400, "upgrade", "no protocol but websocket can be switched to");
    if (headerOf(rawHeaders, "content-length") !== undefined || headerOf(rawHeaders, "transfer-encoding") !== undefined)
      return this.refuse(400, "framing", "a request to switch protocols has no body");
    super.begin(bound);
  }

  goingAway(): void {
    this.leaving = true;
    this.toClient?.closeWith(goingAwayToClient);
    this.toServer?.closeWith(goingAwayToServer);
  }

  cut(): boolean {
    if (this.done) return false;
    // Once the sockets are joined there is nobody left to give an answer to.
    if (this.server === undefined) this.refuse(503, "drained", "the replica that worked on this was stopped");
    else this.over(101, this.leaving ? undefined : "drained");
    return true;
  }

  protected override get bytesIn(): number {
    return this.toServer?.bytes ?? 0;
  }

  protected override send(replica: Replica): void {
    const { head, request } = this;
    if (head === undefined) return;
    this.deadline = setTimeout(
      () => this.refuse(504, "timeout", "the service did not answer in time"),
      this.service?.requestMs ?? this.core.limits.requestMs,
    );
    let connected = false;
    const handshake = httpRequest({
      host: "127.0.0.1",
      port: replica.port,
      method: "GET",
      path: request.url ?? "/",
      agent: false,
      setHost: false,
      headers: [...head.forwarded, "connection", "Upgrade", "upgrade", "websocket"],
    });
    this.handshake = handshake;
    handshake.on("socket", (socket) => socket.once("connect", () => (connected = true)));
    handshake.on("upgrade", (answer, socket, rest) => this.join(answer, socket, rest));
    handshake.on("response", (answer) => this.passOn(answer));
    handshake.on("error", () => {
      clearTimeout(this.deadline);
      if (this.done || this.server !== undefined || this.response.headersSent) return;
      if (connected) return this.refuse(502, "connection-lost", "the service closed the connection before it answered");
      // Nothing went out yet: another replica may have it.
      this.revision?.suspect(replica);
      if (this.revision) this.revision.counters.retries += 1;
      replica.unregister(this);
      this.replica = undefined;
      this.admit();
    });
    handshake.end();
  }

  private join(answer: IncomingMessage, server: Socket, rest: Buffer): void {
    clearTimeout(this.deadline);
    const { client, response } = this;
    server.on("error", () => server.destroy());
    if (this.done || client.destroyed) {
      server.destroy();
      return;
    }
    this.server = server;
    const { headers } = answerHeaders(answer.rawHeaders.map((one) => Buffer.from(one, "latin1")));
    if (this.setCookie !== undefined) headers.push("set-cookie", this.setCookie);
    response.writeHead(101, [...headers, "connection", "Upgrade", "upgrade", "websocket"]);
    response.flushHeaders();
    response.detachSocket(client);
    server.setTimeout(0);
    server.setNoDelay(true);
    this.toClient = createRelay(server, client);
    this.toServer = createRelay(client, server);
    // What came along with the heads goes first.
    if (rest.length > 0) server.unshift(rest);
    if (this.early.length > 0) client.unshift(this.early);
    server.on("close", () => this.over(101));
    server.resume();
    client.resume();
    if (this.leaving) this.goingAway();
  }

  /** The service did not switch: its answer is one like any other. */
  private passOn(answer: IncomingMessage): void {
    clearTimeout(this.deadline);
    if (this.done) {
      answer.destroy();
      return;
    }
    const { headers } = answerHeaders(answer.rawHeaders.map((one) => Buffer.from(one, "latin1")));
    const status = answer.statusCode ?? 502;
    this.response.writeHead(status, [...headers, "connection", "close"]);
    answer.on("data", (chunk: Buffer) => (this.bytesOut += chunk.length));
    answer.on("error", () => {
      this.response.destroy();
      this.finish(status, "connection-lost");
    });
    answer.on("end", () => this.finish(status));
    answer.pipe(this.response);
  }

  protected override clientGone(): void {
    if (this.server === undefined) this.finish(0, "client-gone");
    else this.over(101);
  }

  protected override finish(status: number, fault?: string): void {
    clearTimeout(this.deadline);
    this.bytesOut ||= this.toClient?.bytes ?? 0;
    super.finish(status, fault);
    if (this.server === undefined && !this.response.writableEnded) this.handshake?.destroy();
  }

  private over(status: number, fault?: string): void {
    this.finish(status, fault);
    // What was written last, a close frame, is let out.
    this.client.destroySoon();
    this.server?.destroySoon();
  }
}
