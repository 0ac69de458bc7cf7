import { httpProbe } from "./http-probe.ts";
import { tcpProbe } from "./tcp-probe.ts";
import type { Readiness } from "./unit-spec.ts";

export type Probed = {
  /** It may get work. */
  readonly ready: boolean;
  /** It need not be started again. */
  readonly live: boolean;
  readonly why?: string;
};

/** Looks once. */
export async function probe(readiness: Readiness, port: number | undefined, signal: AbortSignal): Promise<Probed> {
  if (readiness.kind === "running" || port === undefined) return { ready: true, live: true };
  if (readiness.kind === "tcp") return probed(await tcpProbe(port, 1_000, signal));
  const { path, readyPath, timeoutMs } = readiness;
  const why = await httpProbe(port, readyPath ?? path, timeoutMs, signal);
  if (why === undefined || readyPath === undefined || readyPath === path) return probed(why);
  // Not ready is no reason to start it again, as long as it lives.
  return { ready: false, live: (await httpProbe(port, path, timeoutMs, signal)) === undefined, why };
}

function probed(why: string | undefined): Probed {
  return why === undefined ? { ready: true, live: true } : { ready: false, live: false, why };
}

/** What is waited for, as in "did not … within 10 s of its start". */
export function probeWords(readiness: Readiness): string {
  if (readiness.kind === "http") return `answer GET ${readiness.readyPath ?? readiness.path}`;
  return readiness.kind === "tcp" ? "take a connection" : "run";
}
