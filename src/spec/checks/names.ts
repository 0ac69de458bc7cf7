import type { Path } from "../../lib/paths.ts";
import { shown } from "../../lib/text.ts";
import { type Host, refName } from "../derive.ts";
import { environmentCases } from "../resolve.ts";
import { type EnvironmentContext, type ProductContext, entries } from "./context.ts";

/** Services and resources share hosts, variables and folders, so they share their names too. */
export function checkNames({ product, sources, report }: ProductContext): void {
  for (const name of Object.keys(product.resources ?? {})) {
    if (Object.hasOwn(product.services, name))
      report(
        "duplicate-name",
        ["resources", name],
        `a service and a resource are both named ${shown(name)}`,
        "give one of them another name",
        {
          part: "key",
          also: [sources.placeAt(product, ["services", name], "key")],
        },
      );
  }
  const owner = new Map<string, { environment: string; path: readonly (string | number)[] }>();
  for (const { name, data, path } of environmentCases(product)) {
    if (data["cloud"] === "local") continue;
    for (const [index, one] of ((data["domain"] ?? []) as unknown[]).entries()) {
      const host = hostText(one as string | { host: string; path?: string; port?: number });
      const known = owner.get(host);
      const at = [...path, "domain", index];
      if (known && known.environment !== name)
        report(
          "duplicate-host",
          at,
          `${host} belongs to ${known.environment} already`,
          "give each environment hosts of its own",
          { also: [sources.placeAt(product, known.path)] },
        );
      else if (!known) owner.set(host, { environment: name, path: at });
    }
  }
}

/** What gives a service that host and path: a line of the environment's domain, or the service's own paths. */
function whereGiven(here: EnvironmentContext["here"], given: Host): Path {
  const line = (here.domain ?? []).findLastIndex(
    (one) => typeof one === "object" && refName(one, "services") === given.service && one.host === given.host.split(":")[0],
  );
  if (line >= 0) return ["domain", line];
  return here.services[given.service]?.paths?.includes(given.path) ? ["services", given.service, "paths"] : ["domain"];
}

/** The root of a host is the host. */
function hostText(one: string | { readonly host: string; readonly path?: string; readonly port?: number }): string {
  if (typeof one === "string") return one;
  return `${one.host}${one.port === undefined ? "" : `:${one.port}`}${one.path === undefined || one.path === "/" ? "" : one.path}`;
}

/** A flag is one thing in an environment. */
export function checkFlagSettings({ product, report }: ProductContext): void {
  for (const { name, data, path } of environmentCases(product)) {
    const seen = new Set<string>();
    for (const [index, { ref }] of ((data["flags"] ?? []) as { ref: string }[]).entries()) {
      if (seen.has(ref))
        report(
          "duplicate-name",
          [...path, "flags", index],
          `${name} sets the flag ${shown(ref.slice("flags.".length))} twice`,
          "keep one of the two",
        );
      seen.add(ref);
    }
  }
}

/** Within an environment, a host and path lead to one service, and a port of the machine belongs to one container. */
export function checkHostsAndPorts({ here, report, placeAt, name }: EnvironmentContext): void {
  const hosts = new Map<string, string>();
  for (const { host, path, service } of here.hosts) {
    const key = `${host}${path}`;
    const known = hosts.get(key);
    if (known === undefined) hosts.set(key, service);
    else if (known === service)
      report(
        "duplicate-host",
        whereGiven(here, { host, path, service }),
        `${key} is given to ${service} twice in ${name}`,
        "name it once",
      );
    else {
      report(
        "duplicate-host",
        whereGiven(here, { host, path, service }),
        `in ${name} both ${known} and ${service} answer at ${key}`,
        "give one of them another host or path",
      );
    }
  }
  const preview = here.release?.strategy === "blue-green" ? here.release.preview : undefined;
  if (preview !== undefined && here.hosts.some((one) => one.host === preview))
    report(
      "duplicate-host",
      ["release", "preview"],
      `${preview} is where ${name} itself answers, so the new colour cannot be seen apart there`,
      "give the preview a host of its own",
    );
  const ports = new Map<string, { who: string; path: readonly (string | number)[] }>();
  const take = (who: string, written: string, path: readonly (string | number)[]) => {
    const [port, inside] = written.split(":").map((one) => String(Number(one))) as [string, string];
    for (const one of [port, inside])
      if (Number(one) < 1 || Number(one) > 65_535)
        report("out-of-range", path, `${who} takes port ${one}`, "a port is a number from 1 to 65535");
    const known = ports.get(port);
    if (known)
      report(
        "duplicate-port",
        path,
        `in ${name} both ${known.who} and ${who} take port ${port} of the machine`,
        "give one of them another port",
        { also: [placeAt(known.path)] },
      );
    else ports.set(port, { who, path });
  };
  for (const [resource, { container }] of entries(here.resources))
    for (const [index, port] of (container?.ports ?? []).entries())
      take(resource, port, ["resources", resource, "container", "ports", index]);
  for (const [resource, one] of entries(here.resources))
    if (one.kind === "workflows")
      for (const [index, port] of (one.ui?.ports ?? []).entries())
        take(`${resource}'s page`, port, ["resources", resource, "ui", "ports", index]);
  for (const [service, { container }] of entries(here.services))
    for (const [index, port] of ((container as { ports?: readonly string[] } | undefined)?.ports ?? []).entries())
      take(service, port, ["services", service, "container", "ports", index]);
}
