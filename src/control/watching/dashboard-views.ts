import { expressionOf } from "../../signals/measures/expression-of.ts";
import { atSpeed } from "../../signals/promql/at-speed.ts";
import type { DashboardView, PanelView } from "../../wire/signals.ts";
import type { EnvironmentWatch } from "./environment-watch.ts";
import { parsed } from "./expression.ts";
import { plainSeries } from "./value-views.ts";

/** What the dashboards of the spec show, drawn from what was measured here. */
export async function dashboardViews(one: EnvironmentWatch, rangeMs: number): Promise<readonly DashboardView[]> {
  const { environment, key, signals, speed } = one;
  const endMs = Date.now();
  const times = { startMs: endMs - rangeMs, endMs, stepMs: Math.max(1_000, Math.round(rangeMs / 80)) };
  const views: DashboardView[] = [];
  for (const [name, { charts }] of Object.entries(environment.dashboards)) {
    const panels = await Promise.all(
      charts.map(async ({ title, shows, as }): Promise<PanelView> => {
        const each = shows.map((signal) => expressionOf(signal, environment));
        const unit = each.find((found) => found.is === "expression")?.unit;
        return {
          title,
          as: as ?? "line",
          ...(unit === undefined ? {} : { unit }),
          shows: await Promise.all(
            each.map(async (found) => {
              if (found.is === "refused") return { expr: "", series: [], problem: found.reason };
              try {
                const matrix = await signals.range(atSpeed(parsed(found.expr), speed), times);
                return { expr: found.expr, series: plainSeries(matrix, found.scale) };
              } catch (error) {
                return { expr: found.expr, series: [], problem: error instanceof Error ? error.message : String(error) };
              }
            }),
          ),
        };
      }),
    );
    views.push({ environment: key, name, panels });
  }
  return views;
}
