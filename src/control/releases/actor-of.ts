import type { Actor } from "../../delivery/machine.ts";
import type { NewEvent } from "../../store/events.ts";

/** Who asks. The socket is its owner's alone: whoever it says it is, it is somebody of this machine; how that is known goes on record. */
export function actorOf(given: unknown, usual: string): Actor {
  const { kind, name } = (given ?? {}) as Partial<Actor>;
  if (typeof name !== "string" || name === "") return { kind: "person", name: usual, known: "login" };
  if (kind === "ci" || kind === "automation") return { kind, name: name.slice(0, 200), known: kind === "ci" ? "ci" : "asserted" };
  return { kind: "person", name: name.slice(0, 200), known: "asserted" };
}

/** Who it was, as an event says it. */
export function whoOf({ kind, name, known }: Actor): Pick<NewEvent, "actor" | "actorKind" | "actorKnown"> {
  return { actor: name, actorKind: kind, actorKnown: known };
}
