import type { File } from "../../file.ts";
import { slugs } from "../../names.ts";
import { productOf } from "../../subject.ts";
import { type Drawn, type Threshold, drawn } from "../drawn.ts";
import { folderOf } from "../paths.ts";
import { toolsBeside, tools, type Watch } from "../watch.ts";
import { alertingFile } from "./alerting.ts";
import { dashboardFile } from "./dashboard.ts";
import { dashboardProvider, datasources } from "./provisioning.ts";

/** What Grafana of an environment is provisioned with. */
export function provisioningFiles(watch: Watch): readonly File[] {
  const { environment, subject, rules, channels, links } = watch;
  const beside = toolsBeside(environment);
  if (!beside.grafana) return [];
  const folder = `${folderOf(watch)}/grafana`;
  const at = (name: keyof typeof tools) => `http://${name}:${tools[name].port}`;
  const title = titleOf(watch);
  return [
    {
      path: `${folder}/datasources/datasources.yaml`,
      text: datasources(environment, {
        prometheus: at("prometheus"),
        ...(beside.alertmanager ? { alertmanager: at("alertmanager") } : {}),
        ...(beside.loki ? { loki: at("loki") } : {}),
        ...(beside.tempo ? { tempo: at("tempo") } : {}),
      }),
    },
    { path: `${folder}/dashboards/provider.yaml`, text: dashboardProvider(subject.name, title) },
    ...(beside.alertsInGrafana && rules.alerts.length > 0
      ? [{ path: `${folder}/alerting/alerting.yaml`, text: alertingFile(rules, title, channels, links) }]
      : []),
  ];
}

export type Dashboards = {
  readonly files: readonly File[];
  /** The folder that an environment's Grafana finds them in. */
  readonly folderOf: (watch: Watch) => string;
};

/** The dashboards of all environments that have a Grafana: once, where they are the same in each. */
export function dashboardsOf(watches: readonly Watch[]): Dashboards {
  const those = watches.filter(({ environment }) => toolsBeside(environment).grafana);
  const thresholds = thresholdsOf(those);
  const texts = those.map((watch) => ({ watch, texts: textsOf(watch, thresholds) }));
  const [first] = texts;
  const folder = (watch: Watch) => `${watch.layout.monitoring}/grafana/dashboards`;
  const same = texts.every((one) => JSON.stringify([...one.texts]) === JSON.stringify([...(first?.texts ?? [])]));
  const where = same ? folder : (watch: Watch) => `${folder(watch)}/${watch.environment.environment}`;
  const written = (same ? texts.slice(0, 1) : texts).flatMap(({ watch, texts: its }) =>
    [...its].map(([name, text]) => ({ path: `${where(watch)}/${watch.subject.name}/${name}.json`, text })),
  );
  return { files: written, folderOf: where };
}

function textsOf(watch: Watch, thresholds: ReadonlyMap<string, readonly Threshold[]>): ReadonlyMap<string, string> {
  const all = drawn(watch.environment, watch.ask);
  const names = slugs(all.map(({ name }) => name));
  return new Map(
    all.map((one) => {
      const panels = one.panels.map((panel) => ({ ...panel, thresholds: thresholds.get(keyOf(one, panel)) ?? [] }));
      return [
        names.get(one.name) ?? one.name,
        dashboardFile(watch.subject.name, titleOf(watch), { ...one, panels }, watch.links),
      ];
    }),
  );
}

/** An alert that only production has draws its threshold everywhere: what is too much there is worth seeing before. */
function thresholdsOf(watches: readonly Watch[]): ReadonlyMap<string, readonly Threshold[]> {
  const found = new Map<string, readonly Threshold[]>();
  const inOrder = watches.toSorted(
    (a, b) => Number(b.environment.production === true) - Number(a.environment.production === true),
  );
  for (const { environment, ask } of inOrder)
    for (const one of drawn(environment, ask))
      for (const panel of one.panels)
        if (panel.thresholds.length > 0 && !found.has(keyOf(one, panel))) found.set(keyOf(one, panel), panel.thresholds);
  return found;
}

function keyOf({ name }: Drawn, { title }: { readonly title: string }): string {
  return JSON.stringify([name, title]);
}

function titleOf({ subject }: Watch): string {
  return productOf(subject).title ?? subject.name;
}
