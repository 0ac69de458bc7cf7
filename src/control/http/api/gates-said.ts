import type { AnswerOf, Route } from "../../../api/route.ts";
import type { release as releaseSchema } from "../../../api/schema/release.ts";
import type { Answer } from "../../../delivery/gate.ts";
import type { Release } from "../../../delivery/release.ts";
import { createRecent } from "../../../lib/recent.ts";
import type { EventRow } from "../../../store/events.ts";
import type { Store } from "../../../store/store.ts";
import { actorOf } from "./answers/reads.ts";

type View = AnswerOf<{ readonly answers: typeof releaseSchema } & Route>;
export type GatesSaid = Pick<View, "said" | "turned" | "reached">;

type Told = Pick<EventRow, "kind" | "at" | "because" | "data" | "actor" | "actorKind" | "actorKnown">;

const kinds = ["release.step", "release.gate", "release.aborted", "release.rejected", "release.reverting"];
const mostEvents = 500;
const kept = createRecent<GatesSaid>(500);

/** What each gate said last and what turned the release back, from the log: a release itself knows only the answers of its present step. */
export async function gatesSaid(store: Pick<Store, "events">, release: Release, version: string): Promise<GatesSaid> {
  const key = `${release.id} ${version}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const events = await store.events(release.product, { run: release.id, kinds, limit: mostEvents });
  const said = readSaid(release, events.toReversed());
  kept.set(key, said);
  return said;
}

/** Of events in the order in which they happened. */
export function readSaid(release: Release, events: readonly Told[]): GatesSaid {
  const said: Record<string, View["said"][string]> = {};
  let turned: View["turned"];
  const reached: View["reached"][number][] = [];
  let step: number | undefined;
  const keep = (id: string, answer: Answer) => (said[id] = { ...answer, ...(step === undefined ? {} : { step }) });
  let by: Told | undefined;
  for (const event of events) {
    const { kind, at, because } = event;
    const told = event.data as Data;
    if (kind === "release.step" && told.step !== undefined) {
      step = told.step;
      reached.push({ step, atMs: at.getTime() });
    }
    if (kind === "release.gate" && told.gate !== undefined && told.answer !== undefined) keep(told.gate, told.answer);
    if (kind === "release.aborted" || kind === "release.rejected") by = event;
    if (kind !== "release.reverting") continue;
    const gate = told.gate ?? (told.answer === undefined ? undefined : comparing(release));
    if (gate !== undefined && told.answer !== undefined) keep(gate, told.answer);
    const { tail = [], restarts } = told;
    turned = {
      atMs: at.getTime(),
      step: release.at,
      because: because ?? "given up",
      ...(gate === undefined ? {} : { gate }),
      ...(told.answer === undefined ? {} : { answer: told.answer }),
      ...(tail.length === 0 ? {} : { tail }),
      ...(restarts === undefined ? {} : { restarts }),
      ...(by === undefined ? {} : { by: actorOf(by) }),
    };
  }
  return { said, reached, ...(turned === undefined ? {} : { turned }) };
}

/** As the machine of releases writes it: see `advance/turn.ts`. */
type Data = {
  readonly step?: number;
  readonly gate?: string;
  readonly answer?: Answer;
  readonly tail?: readonly string[];
  readonly restarts?: number;
};

/** An answer without a gate is the comparison's. */
function comparing({ plan, at }: Release): string | undefined {
  return plan.steps[at]?.gates.find(({ gate }) => gate === "compare")?.id;
}
