// Requests at a steady rate while everything changes: the revision that serves is switched again and again, the control side is killed,
// and a process that serves is killed. Tells which requests failed, and which were in flight on the process that was killed.
import { readFileSync, readdirSync } from "node:fs";
import { Agent, request } from "node:http";
import path from "node:path";

/** A request is known in the gateway's log by its trace. */
export const traceIdOf = (id) => (id + 1).toString(16).padStart(32, "0");
const traceOf = (id) => `00-${traceIdOf(id)}-00000000000000aa-01`;

const isThere = (pid) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A JSON request on a Unix socket. */
export function onSocket(socketPath, method, target, body) {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = text === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
    const asked = request({ socketPath, method, path: target, agent: false, headers }, (response) => {
      let answer = "";
      response.setEncoding("utf8").on("data", (part) => (answer += part));
      response.once("end", () => {
        if (response.statusCode < 400) resolve(answer === "" ? undefined : JSON.parse(answer));
        else reject(new Error(`${method} ${target}: ${answer}`));
      });
    });
    asked.once("error", reject);
    asked.end(text);
  });
}

/** The socket of a platform's agent, by the folder where its sockets are. */
export function agentSocketIn(folder) {
  const name = readdirSync(folder).find((one) => one.endsWith("-agent.sock"));
  if (name === undefined) throw new Error(`no agent has its socket in ${folder}`);
  return path.join(folder, name);
}

/**
 * `service` has to have two revisions. Half of the switches come before and half after both kills, so that the rest of the run shows
 * that all goes on.
 */
export async function noLoss({ agentSocket, environment, service, port, requests, perSecond, switches, target, killControl }) {
  const at = `/v1/environments/${environment}/services/${service}`;
  let sequence = 0;
  const fence = () => ({ epoch: 1e9, sequence: (sequence += 1) });
  const view = async () =>
    (await onSocket(agentSocket, "GET", "/v1/state")).environments
      .find((one) => one.environment === environment)
      .services.find((one) => one.service === service);
  const revisions = (await view()).revisions.map((one) => one.revision);
  if (revisions.length < 2) throw new Error("two revisions are needed");
  const [first, second] = revisions;

  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const open = new Map();
  const failed = [];
  const byRevision = {};
  const times = [];
  let answered = 0;
  const ask = (id) => {
    const begun = performance.now();
    open.set(id, begun);
    return new Promise((resolve) => {
      const over = (failure, revision) => {
        open.delete(id);
        times.push(performance.now() - begun);
        if (failure === undefined) {
          answered += 1;
          byRevision[revision] = (byRevision[revision] ?? 0) + 1;
        } else failed.push({ id, failure });
        resolve();
      };
      const asked = request(
        { host: "127.0.0.1", port, path: target, agent, headers: { traceparent: traceOf(id) } },
        (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (part) => (text += part));
          response.once("end", () => {
            if (response.statusCode !== 200) return over(`${response.statusCode} ${text.slice(0, 200)}`);
            over(undefined, JSON.parse(text).revision);
          });
          response.once("error", (error) => over(error.message));
        },
      );
      asked.once("error", (error) => over(error.message));
      asked.end();
    });
  };

  const switchTo = async (revision) => {
    const other = revision === first ? second : first;
    const known = (await view()).revisions.find((one) => one.revision === revision);
    if (known.state !== "ready") {
      // It sleeps: it is told as what it was, and started off the path of any request.
      const spec = specOf(revision);
      await onSocket(agentSocket, "PUT", `${at}/revisions/${revision}`, { fence: fence(), spec });
      await onSocket(agentSocket, "POST", `${at}/revisions/${revision}/ready`, { timeoutMs: 30_000 });
    }
    await onSocket(agentSocket, "PUT", `${at}/split`, {
      fence: fence(),
      split: { shares: [{ revision, weight: 100 }], tags: {} },
    });
    return other;
  };
  const state = JSON.parse(readFileSync(killControl.agentState, "utf8"));
  const specOf = (revision) => state.environments[environment].services[service].revisions[revision].spec;

  const total = (requests / perSecond) * 1_000;
  const begun = performance.now();
  const sending = (async () => {
    for (let id = 0; id < requests;) {
      const due = Math.min(requests, Math.ceil(((performance.now() - begun) / 1_000) * perSecond));
      while (id < due) void ask(id++);
      await sleep(2);
    }
  })();

  let killed;
  const changing = (async () => {
    for (let turn = 0; turn < switches; turn += 1) {
      const wait = begun + ((turn + 0.5) * total) / switches - performance.now();
      if (wait > 0) await sleep(wait);
      await switchTo(turn % 2 === 0 ? second : first);
      if (turn === Math.floor(switches / 3)) killControl.kill();
      if (turn === Math.floor(switches / 2)) killed = await killOne();
    }
  })();

  async function killOne() {
    const now = await view();
    const serving = now.split.shares[0].revision;
    const replica = now.revisions.find((one) => one.revision === serving).replicas.find((one) => one.state === "ready");
    const inFlight = new Set(open.keys());
    process.kill(replica.pid, "SIGKILL");
    // Until it is gone requests may still be on their way to it.
    while (isThere(replica.pid)) {
      for (const id of open.keys()) inFlight.add(id);
      await sleep(1);
    }
    for (const id of open.keys()) inFlight.add(id);
    return { replica: replica.id, pid: replica.pid, revision: serving, inFlight };
  }

  await Promise.all([sending, changing]);
  const end = Date.now() + 30_000;
  while (open.size > 0 && Date.now() < end) await sleep(10);
  agent.destroy();
  const sorted = times.toSorted((a, b) => a - b);
  return {
    sent: requests,
    answered,
    lost: open.size,
    failed,
    killed,
    byRevision,
    p99Ms: sorted[Math.floor(sorted.length * 0.99)],
    seconds: (performance.now() - begun) / 1_000,
  };
}
