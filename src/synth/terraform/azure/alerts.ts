import { refName } from "../../../spec/derive.ts";
import { durationMs } from "../../../lib/quantities.ts";
import type { AzureEnvironment, Plan } from "./plan.ts";

/** Those who operate the product; where nobody is said to, whoever has an address. */
export function emailsOf({ roles }: AzureEnvironment): readonly string[] {
  const addresses = (operating: boolean) =>
    Object.values(roles).flatMap(({ members, may = [] }) =>
      operating && !may.includes("operate") ? [] : members.filter((one) => one.includes("@")),
    );
  const found = addresses(true);
  return [...new Set(found.length > 0 ? found : addresses(false))];
}

export type Uptime = { readonly name: string; readonly url: string; readonly timeoutSeconds: number };

/** What has to answer from outside: the hosts of the services that the spec asks for. */
export function uptimesOf(environment: AzureEnvironment): readonly Uptime[] {
  return Object.entries(environment.uptime).flatMap(([name, { of, timeout }]) => {
    const service = refName(of, "services") ?? refName((of as { readonly service?: unknown }).service, "services");
    const given = of as { readonly host?: string; readonly path?: string };
    const found = environment.hosts.find((one) => one.service === service);
    const host = given.host ?? found?.host;
    if (host === undefined) return [];
    const path = given.path ?? (service === undefined ? undefined : environment.services[service]?.health?.path) ?? "/";
    const seconds = Math.ceil(durationMs(timeout ?? "10s") / 1000);
    return [{ name, url: `https://${host}${path}`, timeoutSeconds: [30, 60, 90].find((one) => one >= seconds) ?? 120 }];
  });
}

/** Seconds that a replica may be behind: as the spec's own alert says, or half a minute. */
export function lagSeconds({ environment }: Plan, database: string): number {
  for (const { when } of Object.values(environment.alerts)) {
    const { kind, signal, value } = when as { kind: string; signal?: { measure?: string; of?: unknown }; value?: unknown };
    if (kind === "condition" && signal?.measure === "replicationLag" && refName(signal.of, "resources") === database)
      return typeof value === "string" ? Math.ceil(durationMs(value) / 1000) : Number(value);
  }
  return 30;
}
