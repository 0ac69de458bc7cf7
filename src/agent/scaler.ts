import type { Gateway, RevisionKey } from "./gateway/gateway.ts";
import { leastOf, neededFor, startWith, wantedReplicas } from "./scaling.ts";
import type { KeptRevision } from "./state.ts";
import type { Supervisor } from "./supervisor/supervisor.ts";
import { unitKey } from "./units.ts";

// Looks at the load again and again and tells the supervisor how many replicas there are to be.

type Seen = { wanted: number; inFlight: number; awakeSince: number; lowSince: number; told: boolean };

export type Scaler = ReturnType<typeof createScaler>;

const everyMs = 250;
/** Weight of the newest look: a burst shorter than a second starts nothing. */
const smoothing = 0.25;

export function createScaler({
  gateway,
  supervisor,
  revisions,
}: {
  readonly gateway: Gateway;
  readonly supervisor: Supervisor;
  readonly revisions: () => Iterable<KeptRevision & { readonly key: RevisionKey }>;
}) {
  const seen = new Map<string, Seen>();
  let timer: NodeJS.Timeout | undefined;

  const of = (key: RevisionKey): Seen => {
    const name = unitKey(key);
    let found = seen.get(name);
    if (!found) seen.set(name, (found = { wanted: 0, inFlight: 0, awakeSince: Date.now(), lowSince: Date.now(), told: false }));
    return found;
  };

  function look(): void {
    const now = Date.now();
    const there = new Set<string>();
    for (const { key, spec, resting } of revisions()) {
      const name = unitKey(key);
      there.add(name);
      if (supervisor.view(name) === undefined) continue;
      const one = of(key);
      // Something that cannot be measured by its requests is scaled by whoever can measure it.
      if (!spec.listens || one.told) continue;
      one.inFlight += (gateway.inFlight(key) - one.inFlight) * smoothing;
      const cpu = spec.scale.cpu === undefined ? 0 : supervisor.usage(name).reduce((sum, replica) => sum + replica.cpu, 0);
      if (neededFor(spec.scale, { inFlight: one.inFlight, cpu }) >= one.wanted) one.lowSince = now;
      const wanted = wantedReplicas(spec.scale, {
        wanted: one.wanted,
        inFlight: one.inFlight,
        cpu,
        quietMs: now - Math.max(gateway.lastRequestAt(key), one.awakeSince),
        lowMs: now - one.lowSince,
        resting,
      });
      if (wanted === one.wanted) continue;
      one.wanted = wanted;
      one.lowSince = now;
      supervisor.scale(name, wanted);
    }
    for (const name of seen.keys()) if (!there.has(name)) seen.delete(name);
  }

  return {
    start(): void {
      for (const { key, spec, resting } of revisions())
        if (!resting) Object.assign(of(key), { wanted: Math.max(leastOf(spec.scale), startWith(spec.scale)) });
      timer ??= setInterval(look, everyMs).unref();
    },
    stop(): void {
      clearInterval(timer);
      timer = undefined;
    },
    /** It has been started, by a deployment or by a request. */
    woken(key: RevisionKey): void {
      const spec = [...revisions()].find((one) => unitKey(one.key) === unitKey(key))?.spec;
      Object.assign(of(key), {
        wanted: spec ? startWith(spec.scale) : 1,
        awakeSince: Date.now(),
        lowSince: Date.now(),
        inFlight: 0,
      });
    },
    /** Somebody who knows better has said how many. */
    told(key: RevisionKey, wanted: number): void {
      Object.assign(of(key), { wanted, told: true });
    },
    wanted: (key: RevisionKey): number => of(key).wanted,
  };
}
