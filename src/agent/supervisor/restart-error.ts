import { GantryError } from "../../lib/errors.ts";

/** A restart that was given up: what ran before runs on. */
export class RestartError extends GantryError {
  readonly tail: readonly string[];

  constructor(key: string, end: { readonly reason?: string; readonly tail?: readonly string[] }) {
    super("restart-failed", `${key} was not restarted: the new process ${end.reason ?? "did not come up"}`, {
      hint: "the replicas that were ready before run on; its log has what the new one wrote",
    });
    this.tail = end.tail ?? [];
  }
}
