import type { Gateway, RevisionKey } from "./gateway/gateway.ts";
import { neededFor, startWith, wantedReplicas } from "./scaling.ts";
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
  most,
}: {
  readonly gateway: Gateway;
  readonly supervisor: Supervisor;
  readonly revisions: () => Iterable<KeptRevision & { readonly key: RevisionKey }>;
  /** So many replicas an environment may have, over all its services. */
  readonly most: (environment: string) => number | undefined;
}) {
  const seen = new Map<string, Seen>();
  let timer: NodeJS.Timeout | undefined;

  const of = (key: RevisionKey): Seen => {
    const name = unitKey(key);
    let found = seen.get(name);
    if (!found) seen.set(name, (found = { wanted: 0, inFlight: 0, awakeSince: Date.now(), lowSince: Date.now(), told: false }));
    return found;
  };

  /** How many more replicas an environment may have. Those that are being drained count: they run. */
  function room(environment: string): number {
    const limit = most(environment);
    if (limit === undefined) return Infinity;
    const running = [...revisions()].filter((one) => one.key.environment === environment);
    return limit - running.reduce((sum, { key }) => sum + (supervisor.view(unitKey(key))?.replicas.length ?? 0), 0);
  }

  /** Replicas that are on their way out: each makes room for another in a moment. */
  function leaving(environment: string): number {
    const all = [...revisions()].flatMap(({ key }) =>
      key.environment === environment ? (supervisor.view(unitKey(key))?.replicas ?? []) : [],
    );
    return all.filter(({ state }) => state === "draining" || state === "stopping").length;
  }

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
      const asked = wantedReplicas(spec.scale, {
        wanted: one.wanted,
        inFlight: one.inFlight,
        cpu,
        quietMs: now - Math.max(gateway.lastRequestAt(key), one.awakeSince),
        lowMs: now - one.lowSince,
        resting,
      });
      const wanted = asked > one.wanted ? Math.min(asked, one.wanted + Math.max(0, room(key.environment))) : asked;
      if (wanted === one.wanted) continue;
      one.wanted = wanted;
      one.lowSince = now;
      supervisor.scale(name, wanted);
    }
    for (const name of seen.keys()) if (!there.has(name)) seen.delete(name);
  }

  return {
    start(): void {
      for (const { key, spec, resting } of revisions()) if (!resting) Object.assign(of(key), { wanted: startWith(spec.scale) });
      timer ??= setInterval(look, everyMs).unref();
    },
    stop(): void {
      clearInterval(timer);
      timer = undefined;
    },
    /** It has been started, by a deployment or by a request. */
    woken(key: RevisionKey, wanted: number): void {
      Object.assign(of(key), { wanted, awakeSince: Date.now(), lowSince: Date.now(), inFlight: 0 });
    },
    /** Somebody who knows better has said how many. */
    told(key: RevisionKey, wanted: number): void {
      Object.assign(of(key), { wanted, told: true });
    },
    /** By its load again, and not at once with fewer. */
    untold(key: RevisionKey): void {
      const one = of(key);
      if (one.told) Object.assign(one, { told: false, awakeSince: Math.max(one.awakeSince, Date.now()), lowSince: Date.now() });
    },
    keepAwake(key: RevisionKey, ms: number): void {
      const one = of(key);
      one.awakeSince = Math.max(one.awakeSince, Date.now() + ms);
    },
    isAwake: (key: RevisionKey): boolean => of(key).awakeSince > Date.now(),
    wanted: (key: RevisionKey): number => of(key).wanted,
    room,
    leaving,
    /** Takes replicas from those that have more than one, so that another may start; says how many may start then. */
    makeRoom(environment: string, wanted: number): number {
      const larger = [...revisions()]
        .filter((one) => one.key.environment === environment && of(one.key).wanted > 1)
        .toSorted((a, b) => of(b.key).wanted - of(a.key).wanted);
      let missing = wanted - room(environment);
      for (const { key } of larger)
        while (missing > 0 && of(key).wanted > 1) {
          of(key).wanted -= 1;
          supervisor.scale(unitKey(key), of(key).wanted);
          missing -= 1;
        }
      return wanted - Math.max(0, missing);
    },
  };
}
