import { synth } from "../../../src/synth/index.ts";
import { watchesOf } from "../../../src/synth/monitoring/watches.ts";
import type { Watch } from "../../../src/synth/monitoring/watch.ts";
import { type ExampleName, exampleNames, subjectOf } from "../synth.ts";

export type Case = { readonly example: ExampleName; readonly cloud: string; readonly title: string };

/** Each product, once for each cloud that its spec leaves open. */
export const cases: readonly Case[] = exampleNames.flatMap((example) =>
  (example === "ai-governance" ? ["aws", "azure"] : [""]).map((cloud) => ({
    example,
    cloud,
    title: cloud === "" ? example : `${example} on ${cloud}`,
  })),
);

const written = new Map<string, Promise<ReadonlyMap<string, string>>>();

/** All that is written for monitoring, by path, as it stands on disk. */
export async function monitoringOf({ example, cloud }: Case): Promise<ReadonlyMap<string, string>> {
  const key = `${example} ${cloud}`;
  const found = written.get(key) ?? writtenOf(example, cloud);
  written.set(key, found);
  return found;
}

async function writtenOf(example: ExampleName, cloud: string): Promise<ReadonlyMap<string, string>> {
  const subject = await subjectOf(example, cloud === "" ? {} : { switches: { cloud } });
  return new Map(
    synth(subject)
      .filter(({ path }) => /(^|\/)monitoring\//.test(path) && !path.includes("/modules/"))
      .map(({ path, text }) => [path, text]),
  );
}

export async function environmentsOf({ example, cloud }: Case): Promise<readonly Watch[]> {
  return watchesOf(await subjectOf(example, cloud === "" ? {} : { switches: { cloud } }));
}

/** The files whose paths end so. */
export function ending(files: ReadonlyMap<string, string>, end: RegExp): readonly (readonly [path: string, text: string])[] {
  return [...files].filter(([path]) => end.test(path));
}
