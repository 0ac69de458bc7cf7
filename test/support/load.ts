import { Agent, request } from "node:http";

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

export function startLoad(port: number, perSecond: number, { path = "/", host, headers = {}, users = 0 }: Asked = {}): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const answers: Record<string, number> = {};
  const lost: string[] = [];
  const under = new Set<Promise<void>>();
  let sent = 0;
  const begun = performance.now();
  const cookieOf = (user: number) => ({ cookie: `gantry-visitor=${user.toString(16).padStart(32, "0")}` });
  const one = (): Promise<void> =>
    new Promise((resolve) => {
      const who = users === 0 ? {} : cookieOf(sent % users);
      const asked = request(
        { host: "127.0.0.1", port, path, agent, headers: { ...(host === undefined ? {} : { host }), ...who, ...headers } },
        (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (part: string) => (text += part));
          response.once("end", () => {
            const key = [...versionIn(text), response.statusCode].join(" ");
            answers[key] = (answers[key] ?? 0) + 1;
            resolve();
          });
          response.once("error", (error) => {
            lost.push(error.message);
            resolve();
          });
        },
      );
      asked.once("error", (error) => {
        lost.push(error.message);
        resolve();
      });
      asked.end();
    });
  const timer = setInterval(() => {
    // A process that was held up sends what it owes.
    const due = Math.floor(((performance.now() - begun) / 1_000) * perSecond);
    for (; sent < due; sent += 1) {
      const asking = one().finally(() => under.delete(asking));
      under.add(asking);
    }
  }, 5);
  const seen = (): Seen => ({ sent, lost: [...lost], answers: { ...answers } });
  return {
    seen,
    async stop() {
      clearInterval(timer);
      await Promise.all(under);
      agent.destroy();
      return seen();
    },
  };
}

function versionIn(text: string): readonly string[] {
  try {
    const { version } = JSON.parse(text) as { readonly version?: unknown };
    return typeof version === "string" ? [version] : [];
  } catch {
    return [];
  }
}
