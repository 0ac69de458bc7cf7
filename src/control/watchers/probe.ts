import { request } from "undici";
import type { Reading } from "./watcher.ts";

export type Probe = {
  /** As the spec calls it. */
  readonly check: string;
  readonly service: string;
  /** Where it is spoken to; on this machine always 127.0.0.1, whatever the host is called. */
  readonly url: string;
  readonly host?: string;
  readonly timeoutMs: number;
};

/** A look from outside, as a user would, in the names of blackbox_exporter. It is answered well by anything below 400. */
export async function probe({ check, service, url, host, timeoutMs }: Probe): Promise<readonly Reading[]> {
  const labels = { check, service };
  const since = performance.now();
  const status = await statusOf(url, host, timeoutMs);
  return [
    { name: "probe_success", labels, value: status >= 200 && status < 400 ? 1 : 0 },
    { name: "probe_duration_seconds", labels, value: (performance.now() - since) / 1_000 },
    { name: "probe_http_status_code", labels, value: status },
  ];
}

async function statusOf(url: string, host: string | undefined, timeoutMs: number): Promise<number> {
  try {
    const { statusCode, body } = await request(url, {
      headers: { "user-agent": "Gantry-probe", ...(host === undefined ? {} : { host }) },
      signal: AbortSignal.timeout(timeoutMs),
    });
    await body.dump({ limit: 1 << 20 });
    return statusCode;
  } catch {
    return 0;
  }
}
