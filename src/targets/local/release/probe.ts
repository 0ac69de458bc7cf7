import { request } from "undici";
import type { EnvironmentView } from "../../../wire/machine.ts";

/** One look at a revision's health: at each of its ready replicas, off the path of any request. Undefined where it answers well. */
export async function probeRevision(
  view: EnvironmentView | undefined,
  asked: { readonly service: string; readonly revision: string; readonly path: string; readonly timeoutMs: number },
  signal: AbortSignal,
): Promise<{ readonly replicas: number; readonly problem?: string }> {
  const { service, revision, path, timeoutMs } = asked;
  const found = view?.services.find((one) => one.service === service);
  const seen = found?.revisions.find((one) => one.revision === revision);
  const ports = (seen?.replicas ?? []).flatMap(({ state, port }) => (state === "ready" && port !== undefined ? [port] : []));
  const share = found?.split.shares.find((one) => one.revision === revision)?.weight ?? 0;
  // Nothing runs of it, as nobody asked for a while: a request through the gateway wakes it, as a user's would.
  const asleep = ports.length === 0 && seen?.state === "idle" && seen.resting !== true && share > 0 && found?.port !== undefined;
  const targets = asleep ? [found.port] : ports;
  if (targets.length === 0) return { replicas: 0, problem: "none of it is ready" };
  const problems = await Promise.all(
    targets.map((port) =>
      look(`http://127.0.0.1:${port}${path}`, asleep ? { "x-gantry-revision": revision } : {}, { timeoutMs, signal }),
    ),
  );
  const problem = problems.find((one) => one !== undefined);
  return { replicas: targets.length, ...(problem === undefined ? {} : { problem }) };
}

/** Through the gateway, at whatever serves. */
export async function probeService(
  view: EnvironmentView | undefined,
  asked: { readonly service: string; readonly path: string; readonly timeoutMs: number },
  signal: AbortSignal,
): Promise<{ readonly replicas: number; readonly problem?: string }> {
  const port = view?.services.find((one) => one.service === asked.service)?.port;
  if (port === undefined) return { replicas: 0, problem: "it is not up" };
  const problem = await look(`http://127.0.0.1:${port}${asked.path}`, {}, { timeoutMs: asked.timeoutMs, signal });
  return { replicas: 1, ...(problem === undefined ? {} : { problem }) };
}

async function look(
  url: string,
  headers: Readonly<Record<string, string>>,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<string | undefined> {
  try {
    const { statusCode, body } = await request(url, {
      headers: { "user-agent": "gantry-health", ...headers },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    await body.dump({ limit: 256 * 1_024 });
    return statusCode >= 200 && statusCode < 400 ? undefined : `it answered ${statusCode}`;
  } catch (error) {
    const { code, name } = error as { code?: string; name?: string };
    if (name === "TimeoutError") return `no answer within ${timeoutMs} ms`;
    return code === undefined ? "it cannot be reached" : `it cannot be reached (${code})`;
  }
}
