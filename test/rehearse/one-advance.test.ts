import { build } from "esbuild";
import { expect, test } from "vitest";
import { root } from "../support/gantry.ts";

// What rehearsals and real releases are moved by is one: the same files, and no others beside them.

async function modulesOf(entry: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "error",
  });
  return new Map(Object.entries(metafile.inputs).map(([file, { imports }]) => [file, imports.map(({ path }) => path)]));
}

const deciding = /^src\/delivery\/(advance|compare|gates)\//;

test("a rehearsal decides with the very modules that a real release decides with", async () => {
  const rehearsed = await modulesOf("src/rehearse/run/rehearse-once.ts");
  const real = await modulesOf("src/control/releases/driver.ts");
  const decide = (modules: ReadonlyMap<string, unknown>) => [...modules.keys()].filter((file) => deciding.test(file)).toSorted();
  expect(decide(rehearsed)).toContain("src/delivery/advance/advance-release.ts");
  expect(decide(rehearsed)).toContain("src/delivery/compare/comparison.ts");
  expect(decide(rehearsed)).toContain("src/delivery/gates/judge.ts");
  expect(decide(rehearsed)).toEqual(decide(real));
  // What conditions, burns and alerts mean is one as well.
  for (const file of [
    "src/signals/measures/judge-condition.ts",
    "src/signals/slo/judge-burn.ts",
    "src/signals/alerts/begun-since.ts",
  ]) {
    expect([file, rehearsed.has(file), real.has(file)]).toEqual([file, true, true]);
  }
});

test("and moves a release by nothing but the machine: no part of what decides is called past it", async () => {
  const modules = await modulesOf("src/rehearse/run/rehearse-once.ts");
  const past = [...modules]
    .filter(([file]) => file.startsWith("src/rehearse/"))
    .flatMap(([file, imports]) => imports.filter((one) => deciding.test(one)).map((one) => `${file} → ${one}`));
  // What to look at, when, whether a step's gates are open, and what is compared where that is harmless: these are asked, and decide nothing.
  // That a run to which every look was taken whole ends in the same bytes is shown in `same.test.ts`.
  expect(past).toEqual([
    "src/rehearse/run/next-look.ts → src/delivery/advance/copy.ts",
    "src/rehearse/run/next-look.ts → src/delivery/advance/wake.ts",
    "src/rehearse/run/next-look.ts → src/delivery/gates/questions-of.ts",
    "src/rehearse/run/rehearse-once.ts → src/delivery/advance/comparing.ts",
    "src/rehearse/run/rehearse-once.ts → src/delivery/gates/questions-of.ts",
  ]);
});
