import type { AnswerOf, Given, Route, RouteTable } from "./route.ts";
import type { Problem } from "./schema/problem.ts";

// The API as programs call it: typed by the route table, of which nothing is here when it runs.

export type Sent = {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
};

export type Answered = {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
};

export type Send = (url: string, sent: Sent) => Promise<Answered>;

export type More = {
  /** Said twice with the same key, it is done once. */
  readonly idempotencyKey?: string;
  /** The `etag` of what was seen: where it has changed since, nothing is done. */
  readonly ifMatch?: string;
  readonly signal?: AbortSignal;
};

/** What the API refused, and why. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly problem: Problem;

  constructor(status: number, problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = "ApiProblem";
    this.status = status;
    this.problem = problem;
  }
}

type Arguments<Key extends string, One> = One extends Route
  ? Given<Key, One> extends { readonly params: unknown } | { readonly body: unknown }
    ? [given: Given<Key, One>, more?: More]
    : [given?: Given<Key, One>, more?: More]
  : never;

type AnswerAt<One> = One extends Route ? AnswerOf<One> : never;

export type Client<Table extends RouteTable> = <Key extends keyof Table & string>(
  key: Key,
  ...rest: Arguments<Key, Table[Key]>
) => Promise<AnswerAt<Table[Key]>>;

type AnyGiven = {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
};

/** `createClient<Routes>({ base: "", send: (url, sent) => fetch(url, sent) })` */
export function createClient<Table extends RouteTable>({
  base,
  send,
  headers = {},
}: {
  readonly base: string;
  readonly send: Send;
  readonly headers?: Readonly<Record<string, string>>;
}): Client<Table> {
  const call = async (key: string, given: AnyGiven = {}, more: More = {}): Promise<unknown> => {
    const [method = "GET", path = "/"] = key.split(" ", 2);
    const answer = await send(`${base}${filled(path, given.params ?? {})}${queryOf(given.query ?? {})}`, {
      method,
      headers: {
        accept: "application/json",
        ...headers,
        ...(given.body === undefined ? {} : { "content-type": "application/json" }),
        ...(more.idempotencyKey === undefined ? {} : { "idempotency-key": more.idempotencyKey }),
        ...(more.ifMatch === undefined ? {} : { "if-match": more.ifMatch }),
      },
      ...(given.body === undefined ? {} : { body: JSON.stringify(given.body) }),
      ...(more.signal === undefined ? {} : { signal: more.signal }),
    });
    const text = await answer.text();
    if (answer.status >= 300) throw new ApiProblem(answer.status, problemIn(text, answer.status));
    return text === "" ? undefined : answerIn(text, answer.status);
  };
  return call as Client<Table>;
}

export function filled(path: string, params: Readonly<Record<string, string>>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
}

function queryOf(values: Readonly<Record<string, unknown>>): string {
  const said = Object.entries(values).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(",") : String(value)]],
  );
  return said.length === 0 ? "" : `?${new URLSearchParams(said).toString()}`;
}

/** What stands in between may answer with a page of its own. */
function answerIn(text: string, status: number): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ApiProblem(status, {
      type: "about:blank",
      title: "what answers is no server of Gantry",
      status,
      code: "not-reachable",
    });
  }
}

function problemIn(text: string, status: number): Problem {
  try {
    const found = JSON.parse(text) as Partial<Problem> | null;
    if (typeof found?.code === "string" && typeof found.title === "string") return found as Problem;
  } catch {
    // Said below: it is not the API that answered.
  }
  return { type: "about:blank", title: `the server answered ${status}`, status, code: "not-reachable" };
}
