import { setTimeout as sleep } from "node:timers/promises";
import type { EnvironmentStatus, PlatformStatus } from "../../wire/up.ts";
import type { LocalPlatform } from "../platform.ts";

/** What is not as it was yet; nothing where all is. */
export function notAsBefore(before: EnvironmentStatus, now: EnvironmentStatus): readonly string[] {
  const services = before.services.flatMap(({ service, state, revisions }) => {
    const found = now.services.find((one) => one.service === service);
    if (found === undefined) return [`${service} is gone`];
    if (state === "ready" && found.state !== "ready" && found.state !== "idle") return [`${service} is ${found.state}`];
    return serving(revisions) === serving(found.revisions) ? [] : [`${service} is served by ${serving(found.revisions)}`];
  });
  const resources = before.resources.flatMap(({ name, state }) => {
    const found = now.resources.find((one) => one.name === name)?.state;
    return state === "ready" && found !== "ready" ? [`${name} is ${found ?? "gone"}`] : [];
  });
  return [...services, ...resources];
}

/** By what a service is served that was not served so before. */
export function servedOtherwise(before: EnvironmentStatus, now: EnvironmentStatus, service: string): string | undefined {
  const [was = "", is = ""] = [before, now].map(({ services }) =>
    serving(services.find((one) => one.service === service)?.revisions ?? []),
  );
  return was === is ? undefined : is;
}

function serving(revisions: EnvironmentStatus["services"][number]["revisions"]): string {
  return revisions
    .filter(({ weight }) => weight > 0)
    .map(({ revision, weight }) => `${revision} ${weight}`)
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join(", ");
}

const everyMs = 250;
const quietForMs = 1_000;

/** Until all is as it was and nothing has failed for a second; says what was not, where that never came. */
export async function untilRecovered(
  platform: LocalPlatform,
  {
    product,
    before,
    quietMs,
    withinMs,
  }: { readonly product: string; readonly before: EnvironmentStatus; readonly quietMs: () => number; readonly withinMs: number },
): Promise<{ readonly afterMs: number; readonly not: readonly string[] }> {
  const began = performance.now();
  for (;;) {
    const status = await platform.get<PlatformStatus>(`/v1/status?product=${encodeURIComponent(product)}`);
    const now = status.environments.find((one) => one.environment === before.environment);
    const wrong = now === undefined ? ["it is not up"] : notAsBefore(before, now);
    const not = wrong.length === 0 && quietMs() < quietForMs ? ["requests still fail"] : wrong;
    const afterMs = Math.round(performance.now() - began);
    if (not.length === 0) return { afterMs: Math.max(0, afterMs - quietForMs), not };
    if (afterMs > withinMs) return { afterMs, not };
    await sleep(everyMs);
  }
}
