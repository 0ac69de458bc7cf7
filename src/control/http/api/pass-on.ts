import { type IncomingMessage, request as requestHttp } from "node:http";
import type { Context } from "hono";
import { z } from "zod";
import { who } from "../../../api/schema/session.ts";
import { GantryError } from "../../../lib/errors.ts";
import { zipped } from "../gzip.ts";
import type { Asker } from "./asker.ts";
import { answerHeaders } from "./headers.ts";
import { nobodyHolds } from "./later.ts";

// What only the server can answer that has the platform, asked of it by another one of the same machine.
//
// 1. It goes by the platform's socket, which its owner alone can open: whoever can, may do everything anyway. So whom it is for can be
//    said in a header, and it takes rights away and gives none.
// 2. Whoever asks was known, and their asking counted, where they came in. All else of the request is looked at where it is answered.

const header = "gantry-asker";
const mostBytes = 64 * 2 ** 20;
const sent = ["accept-encoding", "content-type", "if-match", "if-none-match", "idempotency-key"];
/** What else is answered is of the connection. */
const given = [...Object.keys(answerHeaders), ...Object.keys(zipped), "etag", "retry-after"];

const passed = who.omit({ expiresAt: true }).extend({ id: z.string() });

export type PassOn = (context: Context, asker: Asker) => Promise<Response>;

export function createPassOn(socketPath: string): PassOn {
  return async (context, { id, name, kind, by, grants, owner }) => {
    const { req } = context;
    const asker = Buffer.from(
      JSON.stringify({ id, name, kind, by, grants: [...grants], owner } satisfies z.infer<typeof passed>),
    );
    const body = req.method === "GET" ? undefined : Buffer.from(await req.arrayBuffer());
    const { pathname, search } = new URL(req.url);
    const headers = {
      [header]: asker.toString("base64url"),
      ...Object.fromEntries(sent.flatMap((one) => (req.header(one) === undefined ? [] : [[one, req.header(one)]]))),
      ...(body === undefined ? {} : { "content-length": String(body.length) }),
    };
    const path = `${pathname}${search}`;
    const answer = await send({ socketPath, path, method: req.method, headers, body, signal: req.raw.signal });
    return new Response(answer.body, answer);
  };
}

/** For whom it was passed on; nothing where the owner asks. */
export function passedOn(context: Context): Asker | undefined {
  const text = context.req.header(header);
  if (text === undefined) return undefined;
  const read = passed.safeParse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
  if (read.success) return read.data;
  throw new GantryError("usage", `what ${header} says is nobody`);
}

type Sent = {
  readonly socketPath: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer | undefined;
  readonly signal: AbortSignal;
};
type Answered = {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array<ArrayBuffer> | null;
};

/** Whoever has the platform and dies over it has not answered, nor has one that never was there. */
function send({ socketPath, path, method, headers, body, signal }: Sent): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const asked = requestHttp({ socketPath, path, method, headers, signal, agent: false }, (response) => {
      whole(response).then(
        (bytes) => {
          const { statusCode: status = 502 } = response;
          const kept = given.flatMap((name): [string, string][] => {
            const value = response.headers[name];
            return typeof value === "string" ? [[name, value]] : [];
          });
          resolve({ status, headers: Object.fromEntries(kept), body: status === 304 ? null : bytes });
        },
        (error: unknown) => reject(nobodyHolds(error)),
      );
    });
    asked.once("error", (error) => reject(nobodyHolds(error)));
    asked.end(body);
  });
}

async function whole(response: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += (chunk as Buffer).length;
    if (bytes > mostBytes) throw new Error("more than can be passed on");
    chunks.push(chunk as Buffer);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
