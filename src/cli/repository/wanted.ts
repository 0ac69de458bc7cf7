import path from "node:path";
import { UserError } from "../../lib/errors.ts";
import { shown } from "../../lib/text.ts";
import type { OnFile } from "../../load/bundle.ts";
import type { File } from "../../synth/file.ts";
import type { Unwatched } from "../../synth/monitoring/unwatched.ts";
import type { Given } from "../command.ts";
import { chooseEnvironments, readSoundSpec, switchesOf } from "../read-spec.ts";
import { moduleLibrary } from "./library.ts";
import { type Manifest, manifestName, readManifest } from "./manifest.ts";

export type Wanted = {
  readonly folder: string;
  readonly product: string;
  readonly files: readonly File[];
  readonly manifest: Manifest | undefined;
  /** Alerts of the spec that nothing watches, and the page that says so. */
  readonly unwatched: { readonly page: string; readonly alerts: readonly Unwatched[] };
};

/** The files that follow from the spec, and what is known of those that are there. */
export async function wantedFiles(
  given: Given,
  { plain, onFile }: { readonly plain: boolean; readonly onFile?: OnFile },
): Promise<Wanted> {
  // The writers load while the spec does.
  const [spec, { synth, unwatched }] = await Promise.all([readSoundSpec(given, onFile), import("../../synth/index.ts")]);
  const folder = path.dirname(spec.file);
  const name = String(spec.data["name"]);
  const manifest = readManifest(folder);
  if (manifest && manifest.product !== name)
    throw new UserError(
      "other-product",
      `the files here are those of ${shown(manifest.product)}, and the spec is of ${shown(name)}`,
      {
        hint: `give each product a folder of its own; if it was renamed, change its name in ${manifestName} too`,
      },
    );
  const environments = chooseEnvironments(spec, switchesOf(given));
  const clouds = new Set(environments.map(({ cloud }) => cloud));
  const subject = { name, environments, library: moduleLibrary(clouds), plain };
  return { folder, product: name, files: synth(subject), manifest, unwatched: unwatched(subject) };
}
