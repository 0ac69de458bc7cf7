// Users of the ByteReview example: they put documents in, poll until each is reviewed, look at lists, and fetch folders of their Drive
// where integrations are open to them.
import { Agent, request } from "node:http";

/** So many requests a second to each environment; `reads` says of some how many more look at the list and nothing else. */
export function createTraffic(status, { requestsPerSecond, reads = {} }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const seen = { requests: 0, answered: 0, failed: 0, reviewed: 0, byEnvironment: {}, reasons: [] };
  const times = [];
  const runs = [];
  let stopped = false;
  const open = new Set();

  const ask = (environment, method, path, body) => {
    const begun = performance.now();
    const asked = new Promise((resolve) => {
      const outgoing = request(
        {
          host: "127.0.0.1",
          port: status.gatewayPort,
          path,
          method,
          agent,
          headers: { host: `api.${environment}.localhost`, ...(body ? { "content-type": "application/json" } : {}) },
        },
        (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (part) => (text += part));
          response.once("end", () => resolve({ status: response.statusCode, text }));
        },
      );
      outgoing.once("error", (error) => resolve({ status: 0, text: error.message }));
      outgoing.end(body && JSON.stringify(body));
    }).then((answer) => {
      open.delete(asked);
      seen.requests += 1;
      seen.byEnvironment[environment] = (seen.byEnvironment[environment] ?? 0) + 1;
      const good = answer.status > 0 && answer.status < 500;
      seen[good ? "answered" : "failed"] += 1;
      if (!good && seen.reasons.length < 5)
        seen.reasons.push(`${method} ${path} in ${environment}: ${answer.status} ${answer.text.slice(0, 200)}`);
      times.push(performance.now() - begun);
      if (times.length > 1_000) times.shift();
      return answer;
    });
    open.add(asked);
    return asked;
  };

  const step = async (environment, turn) => {
    if (turn % 4 === 0) {
      const { status: code, text } = await ask(environment, "POST", "/api/documents", {
        name: `Contract ${turn}.pdf`,
        text: "Both parties agree.",
      });
      if (code < 300) runs.push({ environment, run: JSON.parse(text).run });
    } else if (turn % 4 === 2 && runs.length > 0) {
      const one = runs.shift();
      const { status: code, text } = await ask(one.environment, "GET", `/api/progress/${one.run}`);
      if (code === 200 && JSON.parse(text).state === "done") seen.reviewed += 1;
      else if (code === 200) runs.push(one);
    } else if (turn % 8 === 1) {
      const { status: code } = await ask(environment, "POST", "/api/integrations/drive", { token: "a token of theirs" });
      if (code === 201) await ask(environment, "POST", "/api/integrations/drive/imports", { folder: `Folder ${turn}` });
    } else await ask(environment, "GET", "/api/documents");
  };

  const names = status.environments.map((one) => one.environment);
  const often = (perSecond, look) => setInterval(() => look(), 1_000 / perSecond);
  let turn = 0;
  const timers = [
    often(requestsPerSecond, () => {
      for (const name of names) void step(name, turn);
      turn += 1;
    }),
    ...Object.entries(reads).map(([name, perSecond]) => often(perSecond, () => void ask(name, "GET", "/api/documents"))),
  ];

  return {
    seen: () => ({ ...seen, p95Ms: Math.round(times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? 0) }),
    async stop() {
      if (stopped) return;
      stopped = true;
      for (const timer of timers) clearInterval(timer);
      await Promise.all(open);
      agent.destroy();
    },
  };
}
