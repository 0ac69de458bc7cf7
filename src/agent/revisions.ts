import { isDeepStrictEqual } from "node:util";
import { ConflictError } from "../lib/errors.ts";
import type { Fence, RevisionSpec, RevisionView } from "../wire/machine.ts";
import type { Gateway, RevisionKey } from "./gateway/gateway.ts";
import type { Keeper } from "./keeper.ts";
import { notReady, refuseServing, unknownRevision } from "./refusals.ts";
import type { Scaler } from "./scaler.ts";
import { startWith } from "./scaling.ts";
import { type KeptRevision, withRevision } from "./state.ts";
import type { Supervisor } from "./supervisor/supervisor.ts";
import type { UnitSpec } from "./supervisor/unit-spec.ts";
import { unitKey, withoutSeal } from "./units.ts";
import { revisionView } from "./views.ts";

// Revisions of services as control moves them: started off the path of any request, scaled, put to rest, forgotten. What is routed to them is
// the gateway's, and who was told to do what the keeper's.

type Parts = {
  readonly keeper: Keeper;
  readonly supervisor: Supervisor;
  readonly gateway: Gateway;
  readonly scaler: Scaler;
  /** What the supervisor is to run, with its secrets opened. */
  readonly unit: (revision: RevisionKey, kept: Pick<KeptRevision, "spec">) => UnitSpec;
  /** Tells the gateway which replicas there are. */
  readonly giveEndpoints: (revision: RevisionKey) => void;
};

export function createRevisions({ keeper, supervisor, gateway, scaler, unit, giveEndpoints }: Parts) {
  const seen = { supervisor, gateway, scaler };

  const revisions = {
    /**
     * Starts a revision off the path of any request: with so many replicas where that is said, else with as many as its load asks for. For
     * so long it does not sleep, whatever its load is: somebody counts on it.
     */
    put(
      revision: RevisionKey,
      fence: Fence,
      spec: RevisionSpec,
      { replicas: asked, awakeMs = 0 }: { readonly replicas?: number; readonly awakeMs?: number } = {},
    ): void {
      const old = keeper.revision(revision);
      // Whoever kept it may have put its keys into another order.
      if (old && !isDeepStrictEqual(withoutSeal(old.spec), withoutSeal(spec)))
        throw new ConflictError("revision-changed", `${revision.revision} is there already and is something else`, {
          hint: "another configuration is another revision",
        });
      keeper.change(revision.environment, subjectOf(revision), fence, (now) =>
        withRevision(now, revision, { spec, resting: false }),
      );
      const view = supervisor.view(unitKey(revision));
      if (view !== undefined && view.failed === undefined && view.replicas.length > 0) {
        if (asked === undefined) scaler.untold(revision);
        else {
          const most = scaler.wanted(revision) + Math.max(0, scaler.room(revision.environment));
          scaler.told(revision, Math.min(asked, most));
          supervisor.scale(unitKey(revision), Math.min(asked, most));
        }
        scaler.keepAwake(revision, awakeMs);
        return;
      }
      const { environment } = revision;
      const wanted = Math.max(1, asked ?? startWith(spec.scale));
      // Whoever says how many has seen to it that others leave: none is taken beside those.
      const leaving = asked === undefined ? 0 : scaler.leaving(environment);
      const replicas = leaving > 0 ? Math.min(wanted, scaler.room(environment)) : scaler.makeRoom(environment, wanted);
      if (replicas < 1 && scaler.leaving(environment) > 0)
        throw new ConflictError("no-room-yet", `${environment} has as many replicas as it may have until one has left`, {
          hint: "try again in a moment",
        });
      if (replicas < 1)
        throw new ConflictError("at-limit", `${environment} has as many replicas as it may have`, {
          hint: "raise limits.pods of the environment, or have fewer services in it",
        });
      if (asked === undefined) scaler.woken(revision, replicas);
      else scaler.told(revision, replicas);
      scaler.keepAwake(revision, awakeMs);
      supervisor.put(unit(revision, { spec }), replicas);
    },

    /** Resolves when a revision is ready, and fails with its last words when it will not be. */
    async ready(revision: RevisionKey, timeoutMs: number, signal?: AbortSignal): Promise<RevisionView> {
      const result = await supervisor.until(unitKey(revision), "ready", { timeoutMs, ...(signal ? { signal } : {}) });
      if (!result.ok)
        throw notReady(
          revision.service,
          result,
          "it wrote nothing. It has to listen on 127.0.0.1 at the port in PORT, and to answer its health path",
        );
      giveEndpoints(revision);
      const kept = keeper.revision(revision);
      if (!kept) throw unknownRevision(revision);
      return revisionView(seen, revision, kept);
    },

    /** Drains a revision and stops it; it stays known, and starts again when something is routed to it. */
    async rest(revision: RevisionKey, fence: Fence): Promise<void> {
      const kept = keeper.revision(revision);
      if (!kept) return;
      refuseServing(revision.revision, keeper.service(revision), "put to rest");
      keeper.change(revision.environment, subjectOf(revision), fence, (now) =>
        withRevision(now, revision, { ...kept, resting: true }),
      );
      await supervisor.remove(unitKey(revision));
    },

    /** What rests runs again, as it did; nothing is routed to it by this. */
    wake(revision: RevisionKey, fence: Fence): void {
      const kept = keeper.revision(revision);
      if (!kept) throw unknownRevision(revision);
      revisions.put(revision, fence, kept.spec);
    },

    /** Drains a revision, stops it and forgets it. */
    async remove(revision: RevisionKey, fence: Fence): Promise<void> {
      if (!keeper.revision(revision)) return;
      refuseServing(revision.revision, keeper.service(revision), "removed");
      keeper.admit(revision.environment, subjectOf(revision), fence);
      await supervisor.remove(unitKey(revision));
      gateway.forget(revision);
      keeper.keep((now) => withRevision(now, revision, undefined));
    },

    async restart(revision: RevisionKey, fence: Fence): Promise<void> {
      if (!keeper.revision(revision)) throw unknownRevision(revision);
      keeper.admit(revision.environment, subjectOf(revision), fence);
      if (supervisor.view(unitKey(revision))) await supervisor.restart(unitKey(revision));
    },

    /** How many replicas there are to be, within what the revision allows: what control asks for, by the depth of a queue. */
    scale(revision: RevisionKey, fence: Fence, replicas: number): void {
      const kept = keeper.revision(revision);
      if (!kept) throw unknownRevision(revision);
      keeper.admit(revision.environment, subjectOf(revision), fence);
      const wanted = Math.max(
        kept.spec.scale.idleMs === undefined ? kept.spec.scale.min : scaler.isAwake(revision) ? 1 : 0,
        Math.min(kept.spec.scale.max, replicas),
      );
      if (wanted > 0 && supervisor.view(unitKey(revision)) === undefined) supervisor.put(unit(revision, kept), wanted);
      else supervisor.scale(unitKey(revision), wanted);
      scaler.told(revision, wanted);
    },

    /** A revision whose only use is to be run as a job: it is kept, and nothing runs. */
    keepForJobs(revision: RevisionKey, fence: Fence, spec: RevisionSpec): void {
      keeper.change(revision.environment, subjectOf(revision), fence, (now) =>
        withRevision(now, revision, { spec, resting: true }),
      );
    },
  };

  return revisions;
}

/** What a change of a revision is about, beside other changes of its environment. */
function subjectOf({ service, revision }: RevisionKey): string {
  return `${service}/revision/${revision}`;
}
