import type { Actor } from "../../delivery/machine.ts";

/** Who asks. The socket is its owner's alone: whoever it says it is, it is somebody of this machine. */
export function actorOf(given: unknown, usual: string): Actor {
  const { kind, name } = (given ?? {}) as Partial<Actor>;
  return {
    kind: kind === "ci" || kind === "automation" ? kind : "person",
    name: typeof name === "string" && name !== "" ? name.slice(0, 200) : usual,
  };
}
