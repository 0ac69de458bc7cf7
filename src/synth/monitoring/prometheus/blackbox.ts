import { refName } from "../../../spec/derive.ts";
import { checkedPath } from "../../../spec/routes.ts";
import { durationMs } from "../../../lib/quantities.ts";
import { type YamlValue, yaml } from "../../text/yaml.ts";
import { groundOf, tools, type Watch } from "../watch.ts";
import { span } from "../words.ts";

type Check = {
  readonly name: string;
  readonly url: string;
  readonly service: string;
  readonly everyMs: number;
  readonly timeoutMs: number;
};

/** What is asked from outside, as a user would ask it. */
export function checksOf({ environment }: Watch): readonly Check[] {
  return Object.entries(environment.uptime).flatMap(([name, { of, every, timeout }]) => {
    const service = refName(of, "services");
    const found = service === undefined ? undefined : environment.services[service];
    if (service === undefined || found === undefined) return [];
    const base = baseOf(environment, service, (of as { readonly host?: string }).host);
    const path = checkedPath(of, found);
    return [
      { name, service, url: `${base}${path}`, everyMs: durationMs(every ?? "60s"), timeoutMs: durationMs(timeout ?? "10s") },
    ];
  });
}

/** The hosts whose certificates run out. */
function certificatesOf({ environment }: Watch): readonly { readonly host: string; readonly service: string }[] {
  if (environment.cloud === "local") return [];
  const found = new Map(environment.hosts.map(({ host, service }) => [host.replace(/:\d+$/, ""), service]));
  return [...found].map(([host, service]) => ({ host, service }));
}

function baseOf(environment: Watch["environment"], service: string, host: string | undefined): string {
  const known = host ?? environment.hosts.find((one) => one.service === service)?.host;
  if (environment.cloud !== "local") return `https://${known ?? service}`;
  return groundOf(environment) === "compose"
    ? `http://${service}:${environment.services[service]?.port ?? 8080}`
    : `http://${known ?? service}`;
}

export function needsBlackbox(watch: Watch): boolean {
  return checksOf(watch).length > 0 || certificatesOf(watch).length > 0;
}

export function blackboxJobs(watch: Watch): readonly YamlValue[] {
  const checks = checksOf(watch);
  const certificates = certificatesOf(watch);
  const paces = [...new Set(checks.map(({ everyMs }) => everyMs))];
  return [
    ...paces.map((everyMs, index) => {
      const its = checks.filter((one) => one.everyMs === everyMs);
      return {
        job_name: index === 0 ? "checks" : `checks-${span(everyMs)}`,
        scrape_interval: span(everyMs),
        scrape_timeout: span(Math.min(everyMs, Math.max(...its.map(({ timeoutMs }) => timeoutMs)) + 1_000)),
        metrics_path: "/probe",
        params: { module: ["answers"] },
        static_configs: its.map(({ name, service, url }) => ({ targets: [url], labels: { check: name, service } })),
        relabel_configs: throughBlackbox,
      };
    }),
    ...(certificates.length === 0
      ? []
      : [
          {
            job_name: "certificates",
            scrape_interval: "5m",
            scrape_timeout: "15s",
            metrics_path: "/probe",
            params: { module: ["certificate"] },
            static_configs: certificates.map(({ host, service }) => ({
              targets: [`${host}:443`],
              labels: { host, service },
            })),
            relabel_configs: throughBlackbox,
          },
        ]),
  ];
}

const throughBlackbox = [
  { source_labels: ["__address__"], target_label: "__param_target" },
  { source_labels: ["__param_target"], target_label: "instance" },
  { target_label: "__address__", replacement: `blackbox:${tools.blackbox.port}` },
];

/** The exporter's own configuration: what counts as an answer. */
export function blackboxFile(watch: Watch): string {
  const timeoutMs = Math.max(10_000, ...checksOf(watch).map((one) => one.timeoutMs));
  return yaml({
    modules: {
      answers: {
        prober: "http",
        timeout: span(timeoutMs),
        http: { method: "GET", follow_redirects: true, valid_status_codes: [], preferred_ip_protocol: "ip4" },
      },
      certificate: { prober: "tcp", timeout: "10s", tcp: { tls: true, preferred_ip_protocol: "ip4" } },
    },
  });
}
