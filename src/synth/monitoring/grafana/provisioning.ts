import type { Environment } from "../../../spec/environment.ts";
import { shortName } from "../../names.ts";
import { type YamlValue, yaml } from "../../text/yaml.ts";
import { datasource } from "./dashboard.ts";

// What Grafana is told when it starts: https://grafana.com/docs/grafana/latest/administration/provisioning/

type Map = Readonly<Record<string, YamlValue>>;

/** Where the others are reached from Grafana. */
export type Addresses = {
  readonly prometheus: string;
  readonly alertmanager?: string;
  readonly loki?: string;
  readonly tempo?: string;
};

/** Text in which a dollar begins no variable of Grafana's own environment. */
export function plainText(text: string): string {
  return text.replaceAll("$", () => "$$");
}

export function datasources(environment: Environment, at: Addresses): string {
  const source = (type: string, name: string, url: string, jsonData: Map, more: Map = {}): Map => ({
    name,
    uid: type,
    type,
    access: "proxy",
    url,
    editable: false,
    ...more,
    jsonData,
  });
  return yaml({
    apiVersion: 1,
    prune: true,
    datasources: [
      source(
        datasource.type,
        "Prometheus",
        at.prometheus,
        {
          httpMethod: "POST",
          timeInterval: "15s",
          manageAlerts: false,
          ...(at.tempo === undefined ? {} : { exemplarTraceIdDestinations: [{ name: "trace_id", datasourceUid: "tempo" }] }),
        },
        { isDefault: true },
      ),
      ...(at.alertmanager === undefined
        ? []
        : [source("alertmanager", "Alertmanager", at.alertmanager, { implementation: "prometheus" })]),
      ...(at.loki === undefined ? [] : [source("loki", "Loki", at.loki, lokiData(at))]),
      ...(at.tempo === undefined ? [] : [source("tempo", "Tempo", at.tempo, tempoData(at))]),
      ...cloudWatch(environment),
    ],
  });
}

/** From a line of a log to its trace. */
function lokiData({ tempo }: Addresses): Map {
  if (tempo === undefined) return { maxLines: 1_000 };
  const matcher = { name: "trace_id", matcherRegex: '"trace_id":"([0-9a-f]{32})"', datasourceUid: "tempo" };
  return { maxLines: 1_000, derivedFields: [{ ...matcher, url: plainText("${__value.raw}") }] };
}

/** From a trace to its logs, and to the map of who calls whom. */
function tempoData({ loki }: Addresses): Map {
  return {
    ...(loki === undefined
      ? {}
      : {
          tracesToLogsV2: {
            datasourceUid: "loki",
            spanStartTimeShift: "-5m",
            spanEndTimeShift: "5m",
            filterByTraceID: true,
            tags: [{ key: "service.name", value: "app" }],
          },
        }),
    serviceMap: { datasourceUid: datasource.uid },
  };
}

/** As whoever Grafana runs as: no key is written down. */
function cloudWatch(environment: Environment): readonly Map[] {
  if (environment.cloud !== "aws" || environment.tools?.metrics?.includes("cloudwatch") !== true) return [];
  const { region } = environment;
  return [
    {
      name: "CloudWatch",
      uid: "cloudwatch",
      type: "cloudwatch",
      access: "proxy",
      editable: false,
      jsonData: { authType: "default", ...(region === undefined ? {} : { defaultRegion: region }) },
    },
  ];
}

/** One folder for a product, whose dashboards are those of the files and no others. */
export function dashboardProvider(product: string, title: string): string {
  return yaml({
    apiVersion: 1,
    providers: [
      {
        name: product,
        orgId: 1,
        folder: plainText(title),
        folderUid: shortName(product, 40),
        type: "file",
        disableDeletion: false,
        allowUiUpdates: false,
        updateIntervalSeconds: 30,
        options: { path: `${dashboardsFolder}/${product}`, foldersFromFilesStructure: false },
      },
    ],
  });
}

export const dashboardsFolder = "/etc/grafana/dashboards";
