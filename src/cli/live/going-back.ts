import { setTimeout as sleep } from "node:timers/promises";
import type { Release } from "../../delivery/release.ts";
import { printable } from "../../lib/text.ts";
import type { EnvironmentStatus, PlatformStatus } from "../../wire/up.ts";
import type { Verdict } from "../load/expectation.ts";
import type { LocalPlatform } from "../platform.ts";
import { releaseUntil } from "./live-release.ts";
import { servedOtherwise } from "./recovery.ts";

export type GoneBack = { readonly by: "policy" | "somebody"; readonly because: string };

/** Until the policy or somebody has gone back; nothing where neither did in time. */
export async function untilGoneBack(
  platform: LocalPlatform,
  about: {
    readonly product: string;
    readonly id: string;
    readonly before: EnvironmentStatus;
    readonly service: string;
    readonly withinMs: number;
  },
  stopped: AbortSignal,
): Promise<GoneBack | undefined> {
  const { product, id, before, service, withinMs } = about;
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(withinMs)]);
  let found: GoneBack | undefined;
  while (!signal.aborted && found === undefined) {
    const release = await releaseUntil(platform, { product, id }, () => true);
    found = release === undefined ? undefined : goneBack(release);
    const status = await platform.get<PlatformStatus>(`/v1/status?product=${encodeURIComponent(product)}`);
    const now = status.environments.find((one) => one.environment === before.environment);
    // A rollback that somebody begins is a run of its own, and leaves the release as it is.
    if (now !== undefined && servedOtherwise(before, now, service) === undefined)
      found ??= { by: "somebody", because: "what served before serves again" };
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
  return found;
}

const everyMs = 250;

/** Whether a release goes back, and by whom. */
export function goneBack({ phase, record, because = "" }: Release): GoneBack | undefined {
  if (phase !== "degraded" && phase !== "reverting") return undefined;
  return { by: record.some(({ what }) => what.startsWith("aborted")) ? "somebody" : "policy", because };
}

/** A rollback is practised for it to happen: by the policy, or by those who noticed. */
export function goingBackVerdict(gone: GoneBack | undefined): Verdict {
  const because =
    gone === undefined
      ? "neither the policy nor anybody went back"
      : `${gone.by === "policy" ? "by its policy" : "by hand"}: ${printable(gone.because)}`;
  return { expectation: "it goes back", verdict: gone === undefined ? "fail" : "pass", because };
}
