import type { File } from "../../file.ts";
import { slugs } from "../../names.ts";
import { type Drawn, type Panel, type Express, drawn, scaled } from "../drawn.ts";
import type { Environment } from "../../../spec/environment.ts";

// Dashboards as Cloud Monitoring keeps them: https://cloud.google.com/monitoring/api/ref_v3/rest/v1/projects.dashboards

type Json = { readonly [key: string]: unknown };

/** Each dashboard's definition, by the name of its file. */
export function googleDashboards(environment: Environment, ask: Express): ReadonlyMap<string, string> {
  const all = drawn(environment, ask);
  const names = slugs(all.map(({ name }) => name));
  return new Map(all.map((one) => [names.get(one.name) ?? one.name, `${JSON.stringify(dashboard(one), null, 2)}\n`]));
}

const [columns, height] = [48, 16];

function dashboard({ name, panels }: Drawn): Json {
  return {
    displayName: name,
    mosaicLayout: {
      columns,
      tiles: panels.map((panel, index) => ({
        xPos: (index % 2) * (columns / 2),
        yPos: Math.floor(index / 2) * height,
        width: columns / 2,
        height,
        widget: { title: panel.title, ...widget(panel) },
      })),
    },
  };
}

const units: ReadonlyMap<string, string> = new Map([
  ["share", "10^2.%"],
  ["seconds", "s"],
  ["per second", "1/s"],
  ["bytes", "By"],
  ["usd", "USD"],
]);

/** What cannot be asked here says so in its place: an empty chart would look like good news. */
function widget(panel: Panel): Json {
  const { queries, missing } = panel;
  if (queries.length === 0)
    return {
      text: { format: "MARKDOWN", content: missing.map(({ what, why }) => `Not drawn here: ${what}. ${why}`).join("\n\n") },
    };
  const unit = units.get(panel.unit);
  const query = (asked: Panel["queries"][number]["asked"]) => ({
    prometheusQuery: scaled(asked),
    ...(unit === undefined ? {} : { unitOverride: unit }),
  });
  const limits = panel.thresholds.map(({ alert, value }) => ({ label: alert, value }));
  switch (panel.as) {
    case "number":
      return {
        scorecard: {
          timeSeriesQuery: query((queries[0] as Panel["queries"][number]).asked),
          sparkChartView: { sparkChartType: "SPARK_LINE" },
          ...(panel.thresholds.length === 0
            ? {}
            : {
                thresholds: panel.thresholds.map(({ alert, value, wrong }) => ({
                  label: alert,
                  value,
                  color: "RED",
                  direction: wrong === "above" ? "ABOVE" : "BELOW",
                })),
              }),
        },
      };
    case "table":
      return {
        timeSeriesTable: {
          dataSets: queries.map(({ asked }) => ({ timeSeriesQuery: query(asked) })),
          metricVisualization: "NUMBER",
        },
      };
    case "line":
    case "bar":
      return {
        xyChart: {
          dataSets: queries.map(({ asked, legend }) => ({
            timeSeriesQuery: query(asked),
            plotType: panel.as === "bar" ? "STACKED_BAR" : "LINE",
            targetAxis: "Y1",
            legendTemplate: legend.replace(/\{\{(\w+)\}\}/g, (_, label: string) => `\${metric.labels.${label}}`),
          })),
          yAxis: { scale: "LINEAR" },
          ...(limits.length === 0 ? {} : { thresholds: limits }),
          chartOptions: { mode: "COLOR" },
        },
      };
  }
}

export type CloudDashboards = {
  readonly files: readonly File[];
  /** The files of an environment, by the name of the dashboard's file. */
  readonly of: (environment: string) => ReadonlyMap<string, string>;
};

/** Definitions that all environments share stand once; one that differs somewhere stands with each environment. */
export function sharedDashboards(folder: string, all: ReadonlyMap<string, ReadonlyMap<string, string>>): CloudDashboards {
  const names = [...new Set([...all.values()].flatMap((texts) => [...texts.keys()]))].toSorted();
  const shared = new Set(names.filter((name) => new Set([...all.values()].flatMap((texts) => texts.get(name) ?? [])).size === 1));
  const pathOf = (environment: string, name: string) =>
    shared.has(name) ? `${folder}/${name}.json` : `${folder}/${environment}/${name}.json`;
  const files = new Map<string, File>();
  for (const [environment, texts] of all)
    for (const [name, text] of texts) files.set(pathOf(environment, name), { path: pathOf(environment, name), text });
  return {
    files: [...files.values()],
    of: (environment) =>
      new Map([...(all.get(environment) ?? new Map<string, string>()).keys()].map((name) => [name, pathOf(environment, name)])),
  };
}
