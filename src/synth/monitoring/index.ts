import { onceFor } from "../../lib/once-for.ts";
import type { File } from "../file.ts";
import { layoutOf } from "../layout.ts";
import { type Subject, productOf } from "../subject.ts";
import { alertmanagerFile } from "./alertmanager.ts";
import { collectorFile, needsCollector } from "./collector/config.ts";
import { composeFile } from "./compose.ts";
import { type Dashboards, dashboardsOf, provisioningFiles } from "./grafana/files.ts";
import { cloudHeld } from "./cloud.ts";
import { googleFiles } from "./google/watched.ts";
import { dashboardsMap, kubernetesFiles } from "./kubernetes/tree.ts";
import { lokiFile } from "./loki.ts";
import { alertmanagerPath, collectorPath, folderOf, lokiPath, tempoPath } from "./paths.ts";
import { blackboxFile, needsBlackbox } from "./prometheus/blackbox.ts";
import { prometheusFile } from "./prometheus/config.ts";
import { ruleTestFiles } from "./prometheus/rule-tests.ts";
import { ruleFile } from "./prometheus/rules.ts";
import { readme } from "./readme.ts";
import { sentryFile } from "./sentry.ts";
import { tempoFile } from "./tempo.ts";
import { type Watch, groundOf, toolsBeside } from "./watch.ts";
import { watchesOf } from "./watches.ts";

/** What watches the product: for each environment the tools that its spec names, each with its configuration. */
export function monitoring(subject: Subject): readonly File[] {
  const watches = watchesOf(subject);
  const beside = watches.filter(({ environment }) => groundOf(environment) !== undefined);
  const dashboards = dashboardsOf(beside);
  const files = [
    ...beside.flatMap(environmentFiles),
    ...dashboards.files,
    ...inClusters(beside, dashboards),
    ...composed(beside),
    ...cloudFiles(subject),
  ];
  const page = readme(subject, watches, cloudHeld);
  return page === undefined ? files : [{ path: `${layoutOf(subject).monitoring}/README.md`, text: page }, ...files];
}

/** Where the files of Prometheus and Alertmanager are, for whoever checks them before a change is merged. */
export type Checkable = {
  readonly rules: readonly string[];
  readonly tests: readonly string[];
  readonly alertmanager: readonly string[];
};

export const checkable = onceFor((subject: Subject): Checkable => {
  const watches = watchesOf(subject).filter(({ environment }) => groundOf(environment) !== undefined);
  const prometheus = watches.filter(({ environment }) => toolsBeside(environment).prometheus);
  const folder = (watch: Watch) => `${folderOf(watch)}/prometheus`;
  return {
    rules: prometheus.map((watch) => `${folder(watch)}/rules.yml`),
    tests: prometheus.flatMap((watch) => ruleTestFiles(watch, folder(watch)).map(({ path }) => path)),
    alertmanager: watches.filter(({ environment }) => toolsBeside(environment).alertmanager).map(alertmanagerPath),
  };
});

function environmentFiles(watch: Watch): readonly File[] {
  const { environment, rules, channels, subject } = watch;
  const beside = toolsBeside(environment);
  const folder = folderOf(watch);
  return [
    ...(beside.prometheus ? prometheusFiles(watch, `${folder}/prometheus`) : []),
    ...(beside.alertmanager
      ? [
          {
            path: alertmanagerPath(watch),
            text: alertmanagerFile({ product: subject.name, mailFrom: mailFrom(watch) }, rules.alerts, channels),
          },
        ]
      : []),
    ...provisioningFiles(watch),
    ...(needsCollector(watch) ? [{ path: collectorPath(watch), text: collectorFile(watch) }] : []),
    ...(beside.loki ? [{ path: lokiPath(watch), text: lokiFile(watch) }] : []),
    ...(beside.tempo ? [{ path: tempoPath(watch), text: tempoFile() }] : []),
    ...(environment.tools?.errors === "sentry" ? [{ path: `${folder}/sentry.env`, text: sentryFile(watch) }] : []),
  ];
}

function prometheusFiles(watch: Watch, folder: string): readonly File[] {
  return [
    { path: `${folder}/prometheus.yml`, text: prometheusFile(watch) },
    { path: `${folder}/rules.yml`, text: ruleFile(watch.rules, watch.channels, watch.links) },
    ...ruleTestFiles(watch, folder),
    ...(needsBlackbox(watch) ? [{ path: `${folder}/blackbox.yml`, text: blackboxFile(watch) }] : []),
  ];
}

/** Definitions that Terraform hands to the cloud; where scripts do, they are written with the scripts. */
function cloudFiles(subject: Subject): readonly File[] {
  return productOf(subject).pipeline?.infrastructure === undefined ? [] : googleFiles(subject);
}

function inClusters(watches: readonly Watch[], dashboards: Dashboards): readonly File[] {
  const those = watches.filter(({ environment }) => groundOf(environment) === "kubernetes");
  return [...those.flatMap((one) => kubernetesFiles(one, dashboards)), ...dashboardsMap(those, dashboards)];
}

/** A laptop has one compose file, so one of its environments is the one that is watched. */
function composed(watches: readonly Watch[]): readonly File[] {
  const file = watches.filter(({ environment }) => groundOf(environment) === "compose").map(composeFile)[0];
  return file === undefined ? [] : [file];
}

function mailFrom({ environment, subject }: Watch): string {
  return `alerts@${environment.hosts[0]?.host ?? subject.name}`;
}
