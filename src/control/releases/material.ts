import { createRecent } from "../../lib/recent.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Store } from "../../store/store.ts";

/** What a release is made of beside its plan. It is written down before the release begins, and never changes. */
export type Material = {
  readonly schemaVersion: 1;
  /** As the spec said when it was begun: config and code of a release belong together. */
  readonly environment: Environment;
  readonly speed: number;
  /** Where its commands run. */
  readonly root: string;
  /** Copies of the migrations, by the database: what is in the folder may change meanwhile. */
  readonly migrations: Readonly<Record<string, string>>;
  /** What else each service's version is called: a commit, a tag. Reports may be about any of these. */
  readonly names: Readonly<Record<string, readonly string[]>>;
};

const kept = createRecent<Material>(50);

/** Read once: it does not change. */
export async function materialOf(store: Pick<Store, "releases">, run: string): Promise<Material | undefined> {
  const known = kept.get(run);
  if (known) return known;
  const material = (await store.releases.material(run)) as Material | undefined;
  if (material?.schemaVersion !== 1) return undefined;
  kept.set(run, material);
  return material;
}
