import type { Answer } from "../../../delivery/gate.ts";
import type { Release } from "../../../delivery/release.ts";
import type { Store } from "../../../store/store.ts";
import type { EnvironmentWatch } from "../../watching/environment-watch.ts";
import type { Material } from "../material.ts";

/** What an answer may be looked up in. */
export type Look = {
  readonly release: Release;
  readonly material: Material;
  readonly store: Pick<Store, "releases" | "runs" | "revisions">;
  /** Absent where the environment is not watched. */
  readonly watch: EnvironmentWatch | undefined;
  readonly nowMs: number;
};

export function answered(verdict: Answer["verdict"], because: string, atMs: number, evidence?: unknown): Answer {
  return { verdict, because, atMs, ...(evidence === undefined ? {} : { evidence }) };
}
