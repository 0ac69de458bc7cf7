import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { carryOut } from "../../src/cli/repository/carry-out.ts";
import { type Change, type Parts, compare } from "../../src/cli/repository/compare.ts";
import { ejected } from "../../src/cli/repository/ejected.ts";
import { unifiedDiff } from "../../src/cli/repository/line-diff.ts";
import { digestOf, manifestName, readManifest, writeManifest } from "../../src/cli/repository/manifest.ts";
import { withPart, withoutPart } from "../../src/cli/repository/part.ts";
import type { File } from "../../src/synth/file.ts";
import { marked } from "../../src/synth/marked.ts";
import { temporaryFolder } from "../support/gantry.ts";

// What happens to the files of a repository, whoever wrote them.

const file = (name: string, text: string, more: Partial<File> = {}): File => ({ path: name, text, ...more });

async function synth(
  folder: string,
  files: readonly File[],
  { force = false, parts = "marked" }: { readonly force?: boolean; readonly parts?: Parts } = {},
): Promise<Record<string, string>> {
  const manifest = readManifest(folder);
  const changes = compare(folder, files, manifest, parts);
  expect(await carryOut(folder, changes, { product: "shop", manifest, force })).toEqual([]);
  return kinds(changes);
}

function kinds(changes: readonly Change[]): Record<string, string> {
  return Object.fromEntries(changes.map((change) => [change.path, change.is]));
}

function tree(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== manifestName)
      .map((entry) => {
        const full = path.join(entry.parentPath, entry.name);
        return [path.relative(folder, full), readFileSync(full, "utf8")];
      }),
  );
}

describe("files that only Gantry touches", () => {
  test("are written, and then left alone", async () => {
    const folder = temporaryFolder();
    const files = [file("infra/main.tf", "a\n"), file("scripts/run.sh", "b\n", { executable: true })];
    expect(await synth(folder, files)).toEqual({ "infra/main.tf": "new", "scripts/run.sh": "new" });
    expect(statSync(path.join(folder, "scripts/run.sh")).mode & 0o777).toBe(0o755);
    expect(statSync(path.join(folder, "infra/main.tf")).mode & 0o777).toBe(0o644);
    const before = lstatSync(path.join(folder, "infra/main.tf")).ino;
    const manifest = lstatSync(path.join(folder, manifestName)).ino;
    expect(await synth(folder, files)).toEqual({ "infra/main.tf": "same", "scripts/run.sh": "same" });
    expect(lstatSync(path.join(folder, "infra/main.tf")).ino).toBe(before);
    expect(lstatSync(path.join(folder, manifestName)).ino).toBe(manifest);
  });

  test("change with the spec, and go with it, with their folders", async () => {
    const folder = temporaryFolder();
    await synth(folder, [file("infra/dev/main.tf", "a\n"), file("infra/main.tf", "a\n")]);
    expect(await synth(folder, [file("infra/main.tf", "b\n")])).toEqual({
      "infra/dev/main.tf": "removed",
      "infra/main.tf": "changed",
    });
    expect(tree(folder)).toEqual({ "infra/main.tf": "b\n" });
    expect(existsSync(path.join(folder, "infra/dev"))).toBe(false);
  });

  test("are written again when somebody deleted them", async () => {
    const folder = temporaryFolder();
    await synth(folder, [file("a.tf", "a\n")]);
    rmSync(path.join(folder, "a.tf"));
    expect(await synth(folder, [file("a.tf", "a\n")])).toEqual({ "a.tf": "new" });
  });

  test("lose no right to be run", async () => {
    const folder = temporaryFolder();
    await synth(folder, [file("a.sh", "a\n")]);
    expect(await synth(folder, [file("a.sh", "a\n", { executable: true })])).toEqual({ "a.sh": "changed" });
    expect(statSync(path.join(folder, "a.sh")).mode & 0o111).not.toBe(0);
  });
});

describe("files with another hand in them", () => {
  test("are kept, and go on being noticed", async () => {
    const folder = temporaryFolder();
    await synth(folder, [file("a.tf", "a\n")]);
    writeFileSync(path.join(folder, "a.tf"), "mine\n");
    for (let turn = 0; turn < 2; turn++) expect(await synth(folder, [file("a.tf", "b\n")])).toEqual({ "a.tf": "edited" });
    expect(tree(folder)).toEqual({ "a.tf": "mine\n" });
    expect(await synth(folder, [file("a.tf", "b\n")], { force: true })).toEqual({ "a.tf": "edited" });
    expect(tree(folder)).toEqual({ "a.tf": "b\n" });
    expect(await synth(folder, [file("a.tf", "b\n")])).toEqual({ "a.tf": "same" });
  });

  test("are taken over when they are just what is wanted", async () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, "a.tf"), "a\n");
    expect(await synth(folder, [file("a.tf", "a\n")])).toEqual({ "a.tf": "same" });
    expect(await synth(folder, [file("a.tf", "b\n")])).toEqual({ "a.tf": "changed" });
  });

  test("that were there before are kept too", async () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, "Dockerfile"), "mine\n");
    expect(await synth(folder, [file("Dockerfile", "a\n")])).toEqual({ Dockerfile: "foreign" });
    expect(tree(folder)).toEqual({ Dockerfile: "mine\n" });
    expect(readManifest(folder)?.files.size ?? 0).toBe(0);
  });

  test("are not removed when the spec no longer wants them", async () => {
    const folder = temporaryFolder();
    await synth(folder, [file("a.tf", "a\n")]);
    writeFileSync(path.join(folder, "a.tf"), "mine\n");
    expect(await synth(folder, [])).toEqual({ "a.tf": "let go" });
    expect(await synth(folder, [])).toEqual({});
    expect(tree(folder)).toEqual({ "a.tf": "mine\n" });
  });

  test("whatever people and Gantry do in whatever order, no edit is lost and what nobody touched is right", async () => {
    const names = ["a.tf", "b/c.yml", "b/d.sh"];
    const step = fc.oneof(
      fc.record({
        does: fc.constant("synth" as const),
        files: fc.dictionary(fc.constantFrom(...names), fc.constantFrom("1\n", "2\n", "3\n")),
      }),
      fc.record({ does: fc.constant("edit" as const), name: fc.constantFrom(...names) }),
      fc.record({ does: fc.constant("delete" as const), name: fc.constantFrom(...names) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const folder = temporaryFolder(() => undefined);
        try {
          const edits = new Map<string, string>();
          let count = 0;
          for (const one of steps) {
            if (one.does === "edit") {
              const text = `by hand ${(count += 1)}\n`;
              mkdirSync(path.dirname(path.join(folder, one.name)), { recursive: true });
              writeFileSync(path.join(folder, one.name), text);
              edits.set(one.name, text);
            } else if (one.does === "delete") {
              rmSync(path.join(folder, one.name), { force: true });
              edits.delete(one.name);
            } else {
              await synth(
                folder,
                Object.entries(one.files).map(([name, text]) => file(name, text)),
              );
              expect(tree(folder)).toEqual({ ...one.files, ...Object.fromEntries(edits) });
            }
          }
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      }),
      { numRuns: 150 },
    );
  });
});

test("an interruption between any two steps makes nobody's edit, and the next run completes it", async () => {
  const was = [file("a.tf", "1\n"), file("b.tf", "1\n"), file("c.tf", "1\n")];
  const becomes = [file("a.tf", "2\n"), file("b.tf", "2\n"), file("d.tf", "2\n")];
  const then = [file("a.tf", "3\n"), file("b.tf", "3\n")];
  for (let written = 0; written <= 4; written++) {
    const folder = temporaryFolder();
    await synth(folder, was);
    const manifest = readManifest(folder);
    const changes = compare(folder, becomes, manifest);
    // The manifest as it stands in between, and the first so many of the files.
    const both = new Map(
      changes.map((change) => [
        change.path,
        [...(manifest?.files.get(change.path) ?? []), ...(change.digest ? [change.digest] : [])],
      ]),
    );
    writeManifest(folder, { product: "shop", files: both });
    for (const change of changes.slice(0, written)) {
      if (change.after === undefined) rmSync(path.join(folder, change.path));
      else writeFileSync(path.join(folder, change.path), change.after);
    }
    expect(
      Object.values(await synth(folder, then)).filter((is) => is === "edited" || is === "foreign" || is === "let go"),
    ).toEqual([]);
    expect(tree(folder)).toEqual({ "a.tf": "3\n", "b.tf": "3\n" });
  }
});

describe("a part of a file that belongs to people", () => {
  const part = (text: string) => file(".gitignore", text, { part: true });

  test("is added, changed and removed, and what stands around it stays", async () => {
    const folder = temporaryFolder();
    const own = path.join(folder, ".gitignore");
    writeFileSync(own, "mine\n");
    expect(await synth(folder, [part("a\n")])).toEqual({ ".gitignore": "changed" });
    writeFileSync(own, `first\n${readFileSync(own, "utf8")}last\n`);
    expect(await synth(folder, [part("a\n")])).toEqual({ ".gitignore": "same" });
    expect(await synth(folder, [part("b\n")])).toEqual({ ".gitignore": "changed" });
    expect(readFileSync(own, "utf8")).toMatch(/^first\nmine\n\n# gantry: begin .*\nb\n# gantry: end\nlast\n$/);
    expect(await synth(folder, [])).toEqual({ ".gitignore": "removed" });
    expect(readFileSync(own, "utf8")).toBe("first\nmine\nlast\n");
  });

  test("that was changed by hand is kept", async () => {
    const folder = temporaryFolder();
    await synth(folder, [part("a\n")]);
    const own = path.join(folder, ".gitignore");
    writeFileSync(own, readFileSync(own, "utf8").replace("a\n", "a\nmine\n"));
    expect(await synth(folder, [part("b\n")])).toEqual({ ".gitignore": "edited" });
    expect(readFileSync(own, "utf8")).toContain("mine");
  });

  test("is found whatever the lines end in, and left alone where its end is gone", async () => {
    const folder = temporaryFolder();
    await synth(folder, [part("a\n")]);
    const own = path.join(folder, ".gitignore");
    const crlf = readFileSync(own, "utf8").replaceAll("\n", "\r\n");
    writeFileSync(own, crlf);
    await synth(folder, [part("b\n")]);
    expect(readFileSync(own, "utf8").match(/gantry: begin/g)).toHaveLength(1);
    const open = "# gantry: begin (written by `gantry synth`)\na\nmine\n";
    writeFileSync(own, open);
    for (const force of [false, true]) expect(await synth(folder, [part("b\n")], { force })).toEqual({ ".gitignore": "edited" });
    expect(readFileSync(own, "utf8")).toBe(open);
  });

  test("is not put into what is no text", async () => {
    const folder = temporaryFolder();
    const bytes = Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x0a]);
    writeFileSync(path.join(folder, ".gitignore"), bytes);
    await expect(synth(folder, [part("a\n")])).rejects.toThrow(/no UTF-8 text/);
    expect(readFileSync(path.join(folder, ".gitignore"))).toEqual(bytes);
  });

  test("is the whole file where there was none, and goes with it", async () => {
    const folder = temporaryFolder();
    await synth(folder, [part("a\n")]);
    expect(await synth(folder, [])).toEqual({ ".gitignore": "removed" });
    expect(tree(folder)).toEqual({});
  });

  test("comes out as it went in", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.constantFrom("x.md", ".gitignore"), (whole, name) => {
        const kept = whole === "" || whole.endsWith("\n") ? whole : `${whole}\n`;
        expect(withoutPart(name, withPart(name, whole, "part\n"))).toBe(kept);
      }),
    );
  });
});

describe("eject", () => {
  test("leaves no mark, in whole files, parts and edited ones", async () => {
    const folder = temporaryFolder();
    const written = [
      marked(file("a.tf", "a\n")),
      marked(file("b.sh", "#!/usr/bin/env bash\nb\n")),
      marked(file("c.md", "# c\n")),
      file(".gitignore", ".terraform/\n", { part: true }),
    ];
    writeFileSync(path.join(folder, ".gitignore"), "mine\n");
    await synth(folder, written);
    expect(readFileSync(path.join(folder, "b.sh"), "utf8")).toMatch(/^#!\/usr\/bin\/env bash\n# Written by Gantry/);
    writeFileSync(path.join(folder, "c.md"), `${readFileSync(path.join(folder, "c.md"), "utf8")}more\n`);
    const plain = [
      file("a.tf", "a\n"),
      file("b.sh", "#!/usr/bin/env bash\nb\n"),
      file("c.md", "# c\n"),
      file(".gitignore", ".terraform/\n", { part: true }),
    ];
    const manifest = readManifest(folder);
    await carryOut(folder, ejected(compare(folder, plain, manifest, "plain")), { product: "shop", manifest, force: false });
    expect(tree(folder)).toEqual({
      "a.tf": "a\n",
      "b.sh": "#!/usr/bin/env bash\nb\n",
      "c.md": "# c\nmore\n",
      ".gitignore": "mine\n\n.terraform/\n",
    });
  });
});

test("eject leaves no mark in a part that was changed by hand", async () => {
  const folder = temporaryFolder();
  const part = file(".gitignore", "a\n", { part: true });
  await synth(folder, [part]);
  const own = path.join(folder, ".gitignore");
  writeFileSync(own, readFileSync(own, "utf8").replace("a\n", "a\nmine\n"));
  const manifest = readManifest(folder);
  await carryOut(folder, ejected(compare(folder, [part], manifest, "plain")), { product: "shop", manifest, force: false });
  expect(readFileSync(own, "utf8")).toBe("a\nmine\n");
});

describe("what leads elsewhere is refused before anything is written", () => {
  test.each(["../a.tf", "/tmp/a.tf", "infra/../../a.tf", "."])("%s", async (name) => {
    const folder = temporaryFolder();
    await expect(synth(folder, [file("fine.tf", "a\n"), file(name, "a\n")])).rejects.toThrow(/outside the folder/);
    expect(tree(folder)).toEqual({});
  });

  test.each(["gantry.config.ts", "gantry.json", "gantry.files.json", ".git/config", ".gantry/x", "node_modules/x"])(
    "%s is not for files of the spec",
    async (name) => {
      const folder = temporaryFolder();
      writeFileSync(path.join(folder, "gantry.config.ts"), "mine\n");
      for (const more of [{}, { part: true } as const])
        await expect(synth(folder, [file(name, "a\n", more)], { force: true })).rejects.toThrow(/not for files of the spec/);
      expect(readFileSync(path.join(folder, "gantry.config.ts"), "utf8")).toBe("mine\n");
    },
  );

  test("a link to a file, a link out of the folder, a folder in a file's place, a file in a folder's", async () => {
    const folder = temporaryFolder();
    const elsewhere = temporaryFolder();
    writeFileSync(path.join(elsewhere, "x"), "secret");
    symlinkSync(path.join(elsewhere, "x"), path.join(folder, "link.tf"));
    symlinkSync(elsewhere, path.join(folder, "out"));
    mkdirSync(path.join(folder, "folder.tf"));
    writeFileSync(path.join(folder, "file"), "");
    await expect(synth(folder, [file("link.tf", "a\n")])).rejects.toThrow(/leads over a link/);
    await expect(synth(folder, [file("out/a.tf", "a\n")])).rejects.toThrow(/leads over a link/);
    await expect(synth(folder, [file("folder.tf", "a\n")])).rejects.toThrow(/is a folder/);
    await expect(synth(folder, [file("file/a.tf", "a\n")])).rejects.toThrow(/is no folder/);
    expect(readFileSync(path.join(elsewhere, "x"), "utf8")).toBe("secret");
    expect(readdirSync(elsewhere)).toEqual(["x"]);
  });

  test("what has taken the place of a file that the spec no longer wants is let go, and nothing else waits for it", async () => {
    const folder = temporaryFolder();
    const elsewhere = temporaryFolder();
    const gone = ["folder.tf", "link.tf", "out/a.tf", "file/a.tf", "bytes.tf"];
    const others = [file("mine.tf", "a\n"), file("theirs.tf", "a\n")];
    await synth(folder, [...others, ...gone.map((name) => file(name, "a\n"))]);
    for (const name of [...gone, "out", "file"]) rmSync(path.join(folder, name), { recursive: true, force: true });
    mkdirSync(path.join(folder, "folder.tf"));
    writeFileSync(path.join(folder, "folder.tf/own"), "own");
    writeFileSync(path.join(elsewhere, "a.tf"), "secret");
    symlinkSync(path.join(elsewhere, "a.tf"), path.join(folder, "link.tf"));
    symlinkSync(elsewhere, path.join(folder, "out"));
    writeFileSync(path.join(folder, "file"), "own");
    writeFileSync(path.join(folder, "bytes.tf"), Buffer.from([0xff, 0xfe]));
    const there = readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted();
    const replaced = Object.fromEntries(gone.map((name) => [name, "replaced"]));
    expect(await synth(folder, [file("mine.tf", "b\n")], { force: true })).toEqual({
      ...replaced,
      "mine.tf": "changed",
      "theirs.tf": "removed",
    });
    expect(readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted()).toEqual(
      there.filter((name) => name !== "theirs.tf"),
    );
    expect(readFileSync(path.join(elsewhere, "a.tf"), "utf8")).toBe("secret");
    expect(await synth(folder, [file("mine.tf", "b\n")])).toEqual({ "mine.tf": "same" });
  });

  test("a manifest that names a file outside", async () => {
    const folder = temporaryFolder();
    writeManifest(folder, { product: "shop", files: new Map([["../x", [digestOf("")]]]) });
    await expect(synth(folder, [])).rejects.toThrow(/outside the folder/);
  });

  test.each(["", "[]", "{", '{"schemaVersion":1}', '{"schemaVersion":1,"about":"","product":"x","files":{"a":"md5:1"}}'])(
    "a manifest that is %j",
    (text) => {
      const folder = temporaryFolder();
      writeFileSync(path.join(folder, manifestName), text);
      expect(() => readManifest(folder)).toThrow(/cannot be read/);
    },
  );

  test("a manifest of a newer Gantry", () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, manifestName), '{"schemaVersion":2}');
    expect(() => readManifest(folder)).toThrow(/newer Gantry/);
  });
});

describe("the difference of two texts", () => {
  test("reads as diff -u writes it", () => {
    const before = Array.from({ length: 20 }, (_, index) => `${index}\n`).join("");
    const after = before.replace("2\n", "two\n").replace("18\n", "");
    expect(unifiedDiff("x", before, after)).toBe(
      "--- a/x\n+++ b/x\n@@ -1,6 +1,6 @@\n 0\n 1\n-2\n+two\n 3\n 4\n 5\n@@ -16,5 +16,4 @@\n 15\n 16\n 17\n-18\n 19\n",
    );
    expect(unifiedDiff("x", undefined, "a\n")).toBe("--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n");
    expect(unifiedDiff("x", "a\n", undefined)).toBe("--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n");
  });

  test("turns the one into the other, whatever they are", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", "c", ""), { maxLength: 12 })
      .map((lines) => lines.map((line) => `${line}\n`).join(""));
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(applied(before, unifiedDiff("x", before, after))).toBe(after);
      }),
    );
  });
});

/** A patch as `patch` would apply it. */
function applied(before: string, diff: string): string {
  if (diff === "") return before;
  const lines = before === "" ? [] : before.replace(/\n$/, "").split("\n");
  const out: string[] = [];
  let at = 0;
  for (const line of diff.split("\n").slice(2, -1)) {
    const head = /^@@ -(\d+)(?:,(\d+))? /.exec(line);
    if (head) {
      const start = Number(head[1]) - (head[2] === "0" ? 0 : 1);
      out.push(...lines.slice(at, start));
      at = start;
    } else if (line.startsWith("+")) out.push(line.slice(1));
    else {
      expect(lines[at]).toBe(line.slice(1));
      if (line.startsWith(" ")) out.push(line.slice(1));
      at++;
    }
  }
  return [...out, ...lines.slice(at)].map((line) => `${line}\n`).join("");
}
