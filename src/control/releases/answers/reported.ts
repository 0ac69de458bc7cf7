import type { Answer, Gate } from "../../../delivery/gate.ts";
import { count, listed } from "../../../lib/text.ts";
import type { ReportRow } from "../../../store/releases.ts";
import type { Report } from "../report.ts";
import { type Look, answered } from "./look.ts";

/** What was found so long ago says little of what would be found today. */
const staleMs = 7 * 86_400_000;

/** The newest report of a check on the very versions that are released. Absent, stale or another version's says nothing. */
export async function reportedAnswer(
  gate: Extract<Gate, { gate: "check" | "clean" }>,
  { release, material, store, nowMs }: Look,
): Promise<Answer> {
  const found: { readonly row: ReportRow; readonly report: Report }[] = [];
  for (const change of release.changes) {
    const names = [...new Set([change.version, change.artifact, change.to, ...(material.names[change.service] ?? [])])];
    const rows = await store.releases.reports(release.product, gate.check, names);
    const row = rows.toSorted((a, b) => b.at.getTime() - a.at.getTime())[0];
    if (row === undefined) {
      const [other] = await store.releases.newestReports(release.product, gate.check, 1);
      const hint = other === undefined ? "" : `; its newest report is on ${other.version}`;
      return answered("inconclusive", `${gate.check} has not reported on ${change.service} ${change.version}${hint}`, nowMs);
    }
    if (nowMs - row.at.getTime() > staleMs)
      return answered(
        "inconclusive",
        `what ${gate.check} reported on ${change.version} is of ${row.at.toISOString().slice(0, 10)}, and stale`,
        nowMs,
      );
    found.push({ row, report: row.data as Report });
  }
  const evidence = found.map(({ row, report }) => ({ version: row.version, at: row.at.toISOString(), ...report }));
  for (const { row, report } of found) {
    const bad =
      gate.gate === "clean" ? gate.of.filter((level) => (report.findings[level as keyof Report["findings"]] ?? 0) > 0) : [];
    if (bad.length > 0) {
      const counts = bad.map((level) => count(report.findings[level as keyof Report["findings"]] ?? 0, `${level} finding`));
      return answered(
        "fail",
        `${gate.check} has ${listed(counts)} on ${row.version}${report.examples[0] === undefined ? "" : `, as ${report.examples[0]}`}`,
        nowMs,
        evidence,
      );
    }
    if (gate.gate === "check" && !report.ok)
      return answered("fail", `${gate.check} did not pass for ${row.version}: ${report.says}`, nowMs, evidence);
  }
  const versions = listed([...new Set(found.map(({ row }) => row.version))]);
  return answered(
    "pass",
    gate.gate === "clean"
      ? `${gate.check} found nothing ${listed(gate.of, "or")} on ${versions}`
      : `${gate.check} passed for ${versions}`,
    nowMs,
    evidence,
  );
}
