import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parseDurationMs } from "../../src/lib/quantities.ts";
import type { Case } from "../../src/rehearse/campaign/case.ts";
import type { Report } from "../../src/rehearse/page/page.ts";
import { exampleNames, gantry, root } from "../support/gantry.ts";

// docs/rehearsals.md says what was found of five policies, and by which command. The same command with fewer runs has to find the same:
// its intervals are wider, and have to meet those of the page.

const fewer = 40;
const page = readFileSync(path.join(root, "docs/rehearsals.md"), "utf8");

const interval = /([\d.]+) % \(([\d.]+)–([\d.]+) %\)/;
type Chance = { readonly value: number; readonly from: number; readonly to: number };
type Cell = Chance & { readonly fault: string; readonly traffic: string; readonly medianMs: number | undefined };

function chanceIn(text: string): Chance {
  const [value = Number.NaN, from = Number.NaN, to = Number.NaN] = interval.exec(text)?.slice(1).map(Number) ?? [];
  return { value: value / 100, from: from / 100, to: to / 100 };
}

function sectionOf(example: string) {
  const section = page.split("\n## ").find((one) => one.startsWith(`[${example}]`)) ?? "";
  const [, command = "", folder = ""] = /^`gantry (.+)`, in `(.+)`$/m.exec(section) ?? [];
  const rows = [...section.matchAll(/^\| (.+) \|$/gm)].map(([, row = ""]) => row.split(" | ").map((one) => one.trim()));
  const traffics = rows[0]?.slice(1) ?? [];
  const cells = rows.slice(2).flatMap(([fault = "", ...values]) =>
    values.map((text, at): Cell => {
      const span = /, (\S+ \w+)$/.exec(text)?.[1]?.replace(/ (m|s|h)\w*$/, "$1");
      return {
        ...chanceIn(text),
        fault: fault === "a good release" ? "none" : fault.replaceAll("`", ""),
        traffic: traffics[at] ?? "",
        medianMs: span === undefined ? undefined : parseDurationMs(span),
      };
    }),
  );
  return { command, folder, cells, findings: [...section.matchAll(/^- (.+)$/gm)].map(([, text = ""]) => text) };
}

describe.each(exampleNames)("what rehearsals found of %s", (example) => {
  const { command, folder, cells, findings } = sectionOf(example);

  test("each finding is one of its table, with the interval or the time that stands there", () => {
    expect(folder).toBe(`examples/${example}`);
    expect(findings.length).toBeGreaterThan(0);
    for (const finding of findings) {
      const traffic = /^At (\S+) /.exec(finding)?.[1];
      const fault = finding.includes("a good release") ? "none" : /`(.+?)`/.exec(finding)?.[1];
      const cell = cells.find((one) => one.traffic === traffic && one.fault === fault);
      if (interval.test(finding)) expect([finding, cell]).toMatchObject([finding, chanceIn(finding)]);
      else expect([finding, cell?.medianMs]).toEqual([finding, spanIn(finding)]);
    }
  });

  test("the command over it finds the same again", async () => {
    expect(command).toMatch(/ -n \d+ --seed 1\b/);
    const args = command.replace(/ -n \d+ /, ` -n ${fewer} `).split(" ");
    const { status, out, err } = await gantry([...args, "--json"], { cwd: path.join(root, folder) });
    expect(status, err).toBe(0);
    const { cases } = JSON.parse(out) as Report;
    expect(cases.length).toBe(cells.length);
    for (const cell of cells) {
      const found = cases.find((one) => one.traffic === cell.traffic && (one.faults[0] ?? "none") === cell.fault);
      expect([cell, found?.summary.takenBack, meets(cell, found)]).toEqual([cell, found?.summary.takenBack, true]);
      const medianMs = found?.summary.detectedAfterMs?.median.value;
      if (cell.medianMs === undefined || medianMs === undefined || cell.value < 0.5) continue;
      expect(medianMs).toBeGreaterThan(cell.medianMs / 2);
      expect(medianMs).toBeLessThan(cell.medianMs * 2);
    }
  }, 240_000);
});

function meets({ from, to }: Chance, found: Case | undefined): boolean {
  const other = found?.summary.takenBack;
  return other !== undefined && other.from <= to && from <= other.to;
}

function spanIn(finding: string): number | undefined {
  const [, amount = "", unit = ""] = / after ([\d.]+) (m|s|h)/.exec(finding) ?? [];
  return parseDurationMs(`${amount}${unit}`);
}
