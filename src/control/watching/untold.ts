import type { Source } from "../../signals/series.ts";
import type { Ruleset } from "../../signals/rules/ruleset.ts";

/** What nothing on this machine measures by itself, and what would. */
const byOthers: readonly (readonly [metric: RegExp, reason: string])[] = [
  [/\bcost_(?:day|month)_to_date_usd\b/g, "no service counts what it spends (cost_usd_total)"],
  [/\bbackup_[a-z_]+\b/g, "nothing says what came of its backups (a file in the metrics folder would)"],
  [/\bprobe_ssl_earliest_cert_expiry\b/g, "no host shows a certificate (the metrics folder names those that are looked at)"],
];
/** As far as an expression looks back for a value that is not said again. */
const recentMs = 300_000;

/** Alerts that cannot fire here, as nobody says what they are about. */
export function untoldAlerts(
  rules: Ruleset,
  source: Source,
  nowMs: number,
): readonly { readonly name: string; readonly reason: string }[] {
  const isTold = (name: string) =>
    source.select([{ name: "__name__", op: "=", value: name }], nowMs - recentMs, nowMs).length > 0;
  return rules.alerts.flatMap(({ name, expr }) => {
    const missing = byOthers.find(([metric]) => [...expr.matchAll(metric)].some(([found]) => !isTold(found)));
    return missing === undefined ? [] : [{ name, reason: missing[1] }];
  });
}
