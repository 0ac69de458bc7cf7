import { Ajv } from "ajv";
import { composeSchema } from "./compose-schema.ts";

type Service = {
  build?: unknown;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: unknown;
  volumes?: string[];
  ports?: string[];
};
export type Compose = { services: Record<string, Service>; volumes?: Record<string, unknown> };

const validate = new Ajv({ strict: false }).compile(composeSchema);

/** What the specification's schema says against a file, and what would only show when it is brought up. */
export function composeProblems(file: Compose): string[] {
  if (!validate(file))
    return (validate.errors ?? []).map((one) => `${one.instancePath} ${String(one.message)} ${JSON.stringify(one.params)}`);
  const problems: string[] = [];
  const ports = new Map<string, string>();
  for (const [name, service] of Object.entries(file.services)) {
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      const found = file.services[other];
      if (!found) problems.push(`${name} waits for ${other}, which is not there`);
      // What is built here brings a check of its own.
      else if (condition === "service_healthy" && found.healthcheck === undefined && found.build === undefined)
        problems.push(`${name} waits for ${other} to be healthy, which has no check`);
    }
    for (const volume of service.volumes ?? []) {
      const source = volume.split(":")[0] ?? "";
      if (!/^[./~]/.test(source) && !(source in (file.volumes ?? {})))
        problems.push(`${name} mounts ${source}, which is not declared`);
    }
    for (const port of service.ports ?? []) {
      const host = port.split(":").at(-2) ?? "";
      const taken = ports.get(host);
      if (taken !== undefined) problems.push(`${name} and ${taken} both take port ${host}`);
      ports.set(host, name);
    }
    const seen = new Set<string>();
    const circle = (one: string): boolean =>
      Object.keys(file.services[one]?.depends_on ?? {}).some(
        (next) => next === name || (!seen.has(next) && seen.add(next) && circle(next)),
      );
    if (circle(name)) problems.push(`${name} waits for itself`);
  }
  return problems;
}

/** Text as compose reads it: `$$` is a dollar, and anything else with one is a variable. */
export function interpolated(text: string, shell: Readonly<Record<string, string>> = {}): string {
  return text.replace(
    /\$(\$|\{([A-Za-z_][A-Za-z0-9_]*)(?::([-?])([^}]*))?\}|([A-Za-z_][A-Za-z0-9_]*))/g,
    (all, dollar, braced, how, or, bare) => {
      if (dollar === "$") return "$";
      const value = shell[String(braced ?? bare)];
      if (value !== undefined && value !== "") return value;
      if (how === "?") throw new Error(`${String(braced)} ${String(or)}`);
      return how === "-" ? String(or) : "";
    },
  );
}
