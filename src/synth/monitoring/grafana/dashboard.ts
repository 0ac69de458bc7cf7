import { shortName } from "../../names.ts";
import { type Drawn, type Panel, type Threshold, longestWindowMs, scaled } from "../drawn.ts";
import type { Links } from "../labels.ts";

// Dashboards as Grafana keeps them: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/

type Json = { readonly [key: string]: unknown };

/** The datasource that panels ask, under a name that stays. */
export const datasource = { type: "prometheus", uid: "prometheus" } as const;

function dashboardUid(product: string, name: string): string {
  return shortName(`${product} ${name}`, 40);
}

export function dashboardFile(product: string, title: string, one: Drawn, links: Links): string {
  const model = {
    uid: dashboardUid(product, one.name),
    title: one.name,
    description: one.owner === undefined ? title : `${title}. Owner: ${one.owner}.`,
    tags: [product],
    timezone: "utc",
    editable: false,
    graphTooltip: 1,
    schemaVersion: 39,
    refresh: "30s",
    time: { from: longestWindowMs(one) >= 86_400_000 ? "now-7d" : "now-6h", to: "now" },
    timepicker: {},
    templating: { list: [] },
    annotations: { list: [] },
    links: [],
    panels: one.panels.map((panel, index) => panelOf(panel, index, links)),
  };
  return `${JSON.stringify(model, null, 2)}\n`;
}

const units: ReadonlyMap<string, string> = new Map([
  ["share", "percentunit"],
  ["seconds", "s"],
  ["per second", "ops"],
  ["bytes", "bytes"],
  ["usd", "currencyUSD"],
]);

function panelOf(panel: Panel, index: number, links: Links): Json {
  const shared = {
    id: index + 1,
    title: panel.title,
    description: panel.thresholds.map(({ alert, wrong, value }) => `${alert}: ${wrong} ${value}`).join("\n"),
    datasource,
    gridPos: { h: 8, w: 12, x: (index % 2) * 12, y: Math.floor(index / 2) * 8 },
    links: runbooks(panel, links),
    targets: panel.queries.map(({ asked, legend }, at) => ({
      refId: refId(at),
      datasource,
      editorMode: "code",
      expr: scaled(asked),
      legendFormat: legend,
      ...(panel.as === "table" ? { format: "table", instant: true, range: false } : { instant: false, range: true }),
    })),
  };
  const defaults = (custom: Json) => ({
    defaults: {
      unit: units.get(panel.unit) ?? "short",
      ...(panel.unit === "share" ? { min: 0 } : {}),
      color: { mode: panel.thresholds.length > 0 && panel.as === "number" ? "thresholds" : "palette-classic" },
      mappings: [],
      thresholds: { mode: "absolute", steps: steps(panel.thresholds) },
      custom,
    },
    overrides: [],
  });
  switch (panel.as) {
    case "number":
      return {
        ...shared,
        type: "stat",
        fieldConfig: { ...defaults({}) },
        options: {
          colorMode: "value",
          graphMode: "area",
          justifyMode: "auto",
          orientation: "auto",
          reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
          textMode: "auto",
        },
      };
    case "table":
      return {
        ...shared,
        type: "table",
        fieldConfig: { ...defaults({ align: "auto", cellOptions: { type: "auto" } }) },
        options: { showHeader: true, cellHeight: "sm" },
      };
    case "line":
    case "bar":
      return {
        ...shared,
        type: "timeseries",
        fieldConfig: {
          ...defaults({
            drawStyle: panel.as === "bar" ? "bars" : "line",
            fillOpacity: panel.as === "bar" ? 80 : 10,
            lineWidth: 1,
            showPoints: "never",
            spanNulls: false,
            thresholdsStyle: { mode: panel.thresholds.length > 0 ? "line" : "off" },
          }),
        },
        options: {
          legend: { calcs: ["lastNotNull", "max"], displayMode: "table", placement: "bottom", showLegend: true },
          tooltip: { mode: "multi", sort: "desc" },
        },
      };
  }
}

/** A to Z, then AA: as Grafana counts. */
function refId(at: number): string {
  const letter = String.fromCharCode(65 + (at % 26));
  return at < 26 ? letter : `${refId(Math.floor(at / 26) - 1)}${letter}`;
}

/** Green is good: below the lowest that may not be passed, above the highest that has to be kept. */
function steps(thresholds: readonly Threshold[]): readonly Json[] {
  const floor = thresholds.filter(({ wrong }) => wrong === "below").at(-1);
  const ceiling = thresholds.find(({ wrong }) => wrong === "above");
  return [
    { color: floor === undefined ? "green" : "red", value: null },
    ...(floor === undefined ? [] : [{ color: "green", value: floor.value }]),
    ...(ceiling === undefined ? [] : [{ color: "red", value: ceiling.value }]),
  ];
}

function runbooks({ thresholds }: Panel, links: Links): readonly Json[] {
  const names = [...new Set(thresholds.flatMap(({ runbook }) => runbook ?? []))];
  return names.flatMap((name) => {
    const url = links(name);
    return url === undefined ? [] : [{ title: `Runbook ${name}`, url, targetBlank: true }];
  });
}
