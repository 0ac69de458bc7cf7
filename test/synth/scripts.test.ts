import { spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scripts } from "../../src/synth/scripts/index.ts";
import { sh } from "../../src/synth/scripts/sh.ts";
import { onPath } from "../support/on-path.ts";
import { exampleNames, subjectOf } from "../support/synth.ts";
import { written } from "../support/written.ts";

// Every script of every example, on both clouds where it has two, with Gantry and without.

const cases = exampleNames.flatMap((name) =>
  [{}, { plain: true }, ...(name === "ai-governance" ? [{ switches: { cloud: "azure" } }] : [])].map((how) => ({ name, how })),
);

const check = (program: string, words: readonly string[], cwd: string) => spawnSync(program, words, { cwd, encoding: "utf8" });

describe.each(cases)("the scripts of $name $how", ({ name, how }) => {
  const made = async () => scripts(await subjectOf(name, how)).filter(({ path }) => path.endsWith(".sh"));

  test("are good bash", async () => {
    const files = written(await made());
    try {
      for (const { path } of await made())
        expect(check("bash", ["-n", path], files.folder), path).toMatchObject({ status: 0, stderr: "" });
    } finally {
      files.remove();
    }
  });

  test.skipIf(!onPath("shellcheck"))("pass shellcheck with everything it can look for", async () => {
    const scriptFiles = await made();
    if (scriptFiles.length === 0) return;
    const files = written(scriptFiles);
    try {
      const { stdout, status } = check("shellcheck", ["-x", ...scriptFiles.map(({ path }) => path)], files.folder);
      expect(stdout).toBe("");
      expect(status).toBe(0);
    } finally {
      files.remove();
    }
  });

  test("stop at the first fault, say what they are, and are executable unless they are sourced", async () => {
    for (const { path, text, executable } of await made()) {
      if (path.endsWith("lib.sh")) continue;
      expect(text, path).toMatch(/^#!\/usr\/bin\/env bash\n(#.*\n)*set -euo pipefail\n/);
      expect(executable, path).toBe(true);
    }
  });

  test("say what they are for with --help, and refuse what they do not know, before they do anything", async () => {
    const files = written(scripts(await subjectOf(name, how)));
    try {
      for (const { path, executable } of await made()) {
        if (executable !== true) continue;
        const help = check("bash", [path, "--help"], files.folder);
        expect(help, path + help.stderr).toMatchObject({ status: 0, stderr: "" });
        expect(help.stdout, path).toContain("usage: ");
        const unknown = check("bash", [path, "--nonsense"], files.folder);
        expect(unknown.status, path).toBe(2);
        expect(unknown.stderr, path).toContain("unknown argument: --nonsense");
      }
    } finally {
      files.remove();
    }
  });

  test("are the same bytes each time, without trailing spaces, and end in one line's end", async () => {
    const [first, second] = [await made(), await made()];
    expect(second).toEqual(first);
    for (const { path, text } of first) expect(text, path).not.toMatch(/[ \t]\n|\n\n\n|[^\n]$|\n\n$/);
  });
});

test("without Gantry no script names it", async () => {
  for (const name of exampleNames)
    for (const { path, text } of scripts(await subjectOf(name, { plain: true })))
      expect(text.toLowerCase(), path).not.toContain("gantry");
});

describe("the validators refuse what is wrong", () => {
  const bad = [{ path: "bad.sh", text: "#!/usr/bin/env bash\nfor name in $(ls); do\n  echo $name\ndone\ncd $1\n" }];

  test("bash -n", () => {
    const files = written([{ path: "bad.sh", text: "if true; then\n" }]);
    expect(check("bash", ["-n", "bad.sh"], files.folder).status).not.toBe(0);
    files.remove();
  });

  test.skipIf(!onPath("shellcheck"))("shellcheck", () => {
    const files = written(bad);
    const { stdout, status } = check("shellcheck", ["bad.sh"], files.folder);
    expect(status).toBe(1);
    expect(stdout).toContain("SC2086");
    files.remove();
  });
});

test("a value in a script stays one word, whatever is in it", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", minLength: 1 }).filter((one) => !one.includes("\0")),
      (value) => {
        const { stdout } = check("bash", ["-c", sh`printf '%s' ${value}`.shell], "/");
        expect(stdout).toBe(value);
      },
    ),
    { numRuns: 60 },
  );
});
