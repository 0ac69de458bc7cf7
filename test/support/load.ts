import { createArrivals } from "../../src/cli/load/arrivals.ts";
import { startGenerator } from "../../src/cli/load/generator.ts";

/** Requests at a steady rate, until it is told to stop; each is told apart by what its answer says. */
export type Load = {
  /** So far. */
  readonly seen: () => Seen;
  stop(): Promise<Seen>;
};

export type Seen = {
  readonly sent: number;
  /** Those that got no answer, and why. */
  readonly lost: readonly string[];
  /** By what the answer says that it is, and its status: "two 200"; by its status alone where it says nothing of that. */
  readonly answers: Readonly<Record<string, number>>;
};

export type Asked = {
  readonly path?: string;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Who asks in turn, each with the cookie that the gateway once gave; nobody in particular where it is not said. */
  readonly users?: number;
};

/** The generator of `gantry load`; what was sent is waited for. */
export function startLoad(port: number, perSecond: number, { path = "/", host, headers = {}, users = 0 }: Asked = {}): Load {
  const answers: Record<string, number> = {};
  const lost: string[] = [];
  let stopped = false;
  const arrivals = createArrivals(() => perSecond, { seed: 1, even: true, untilMs: Infinity });
  const generator = startGenerator({
    target: {
      port,
      method: "GET",
      paths: [path],
      headers: { ...(host === undefined ? {} : { host }), ...headers },
      ...(users > 0 && { headersOf: (turn: number) => cookieOf(turn % users) }),
    },
    arrivals: { next: () => (stopped ? Infinity : arrivals.next()), take: () => arrivals.take() },
    connections: 256,
    timeoutMs: 300_000,
    signal: new AbortController().signal,
    keepsText: true,
    onOver({ status, text = "", error }) {
      if (error !== undefined) return void lost.push(error);
      const key = [...versionIn(text), status].join(" ");
      answers[key] = (answers[key] ?? 0) + 1;
    },
  });
  const seen = (): Seen => ({ sent: generator.seen().due, lost: [...lost], answers: { ...answers } });
  return {
    seen,
    async stop() {
      stopped = true;
      await generator.done;
      return seen();
    },
  };
}

function cookieOf(user: number): Readonly<Record<string, string>> {
  return { cookie: `gantry-visitor=${user.toString(16).padStart(32, "0")}` };
}

function versionIn(text: string): readonly string[] {
  try {
    const { version } = JSON.parse(text) as { readonly version?: unknown };
    return typeof version === "string" ? [version] : [];
  } catch {
    return [];
  }
}
