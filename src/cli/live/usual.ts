import { GantryError } from "../../lib/errors.ts";
import type { QueryView } from "../../wire/signals.ts";
import { type Load, driveLoad } from "../load/drive.ts";
import type { LocalPlatform } from "../platform.ts";
import { queryText } from "../running.ts";

/** What was measured before anything went wrong. */
export type Usual = {
  readonly perSecond: number;
  readonly errorShare: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
};

const forMs = 3_000;

/** There is only the load. How long answers take is as the gateway measures it, which a policy reads; those who ask wait for themselves too. */
export async function measureUsual(
  platform: LocalPlatform,
  about: { readonly product: string; readonly environment: string; readonly service: string; readonly load: Load },
  signal: AbortSignal,
): Promise<Usual> {
  const { result } = await driveLoad({ ...about.load, forMs }, { signal });
  if (result.answered === 0 && !signal.aborted)
    throw new GantryError("not-ready", "nothing was answered before anything was made to go wrong", {
      hint: "gantry status and gantry logs say why",
    });
  const { product, environment, service } = about;
  const quantile = async (part: number): Promise<number | undefined> => {
    const expr = `histogram_quantile(${part}, sum by (le) (increase(http_request_duration_seconds_bucket{service=${JSON.stringify(service)}}[${forMs}ms])))`;
    const asked = platform.get<QueryView>(`/v1/query?${queryText({ product, environment, expr })}`);
    const view = await asked.catch(() => undefined);
    const seconds = Number(view?.series[0]?.points.at(-1)?.[1]);
    return Number.isFinite(seconds) ? seconds * 1_000 : undefined;
  };
  const [p50Ms, p95Ms] = await Promise.all([quantile(0.5), quantile(0.95)]);
  return {
    perSecond: result.due / (forMs / 1_000),
    errorShare: result.due === 0 ? 0 : result.failed / result.due,
    p50Ms: p50Ms ?? result.latencyMs["p50"] ?? 0,
    p95Ms: p95Ms ?? result.latencyMs["p95"] ?? 0,
  };
}
