import { type IncomingMessage, request } from "node:http";
import { GantryError } from "../lib/errors.ts";
import { textWithoutSecrets } from "../lib/secrets.ts";
import type { Problem } from "../lib/problem.ts";

// JSON over HTTP on a Unix socket: how the command line, control and the agent talk. Whoever can open the socket is its owner.

export type Call = {
  readonly socket: string;
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
};

/** Asks, and gives the answer; a refusal is thrown as the error that the other side had. */
export async function call<Answer>(asked: Call): Promise<Answer> {
  const response = await send(asked);
  const chunks: Buffer[] = [];
  await whole(async () => {
    for await (const chunk of response) chunks.push(chunk as Buffer);
  });
  const text = Buffer.concat(chunks).toString("utf8");
  const answer = text === "" ? undefined : (JSON.parse(text) as unknown);
  if ((response.statusCode ?? 500) >= 400) throw errorFrom(answer);
  return answer as Answer;
}

/** Asks, and gives one document after the other as they come; `{ error }` among them is thrown. */
export async function* callForLines<Line>(asked: Call): AsyncGenerator<Line> {
  const response = await send(asked);
  let rest = "";
  response.setEncoding("utf8");
  const chunks = response[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await whole(() => chunks.next());
    if (done === true) break;
    const lines = (rest + String(value)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield parsed<Line>(line);
  }
  if (rest !== "") yield parsed<Line>(rest);
}

/** Whether somebody answers at a socket. */
export async function answers(socket: string): Promise<boolean> {
  return call({ socket, method: "GET", path: "/v1/health" }).then(
    () => true,
    () => false,
  );
}

export type WireError = {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
    readonly problems?: readonly Problem[];
  };
};

/** An error as it goes over the wire. The text of one that nobody meant could hold anything. */
export function wireError(error: unknown): WireError {
  if (error instanceof GantryError) {
    const { code, message, hint, problems } = error;
    return { error: { code, message, ...(hint === undefined ? {} : { hint }), ...(problems.length === 0 ? {} : { problems }) } };
  }
  return {
    error: {
      code: "internal",
      message: error instanceof Error ? textWithoutSecrets(`${error.name}: ${error.message}`) : "an unknown error",
    },
  };
}

/** Whoever answered was killed in the middle of it. */
async function whole<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ECONNRESET") throw error;
    throw new GantryError("not-reachable", "the local platform broke off in the middle of its answer", {
      hint: "say it again: what was begun is gone on with",
      cause: error,
    });
  }
}

function parsed<Line>(line: string): Line {
  const document = JSON.parse(line) as Line | WireError;
  if (typeof document === "object" && document !== null && "error" in document) throw errorFrom(document);
  return document;
}

/** The error that the other side had. */
export function errorFrom(answer: unknown): GantryError {
  const {
    code = "internal",
    message = "no reason was given",
    hint,
    problems,
  } = (answer as Partial<WireError> | undefined)?.error ?? {};
  return new GantryError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    ...(problems === undefined ? {} : { problems }),
  });
}

function send({ socket, method, path, body, signal }: Call): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const outgoing = request(
      {
        socketPath: socket,
        method,
        path,
        agent: false,
        headers: text === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) },
        ...(signal ? { signal } : {}),
      },
      resolve,
    );
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      const gone =
        error.code === "ENOENT" || error.code === "ECONNREFUSED" || error.code === "ECONNRESET" || error.code === "EPIPE";
      reject(
        gone
          ? new GantryError("not-reachable", "the local platform does not answer", { hint: "gantry up starts it", cause: error })
          : error,
      );
    });
    outgoing.end(text);
  });
}
