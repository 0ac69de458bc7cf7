import { refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import { mermaidLabel } from "../text/markdown.ts";
import { resourceTitle } from "./words.ts";

/** What there is in an environment, and who speaks with whom, as a Mermaid flowchart. */
export function diagramLines(environment: Environment): readonly string[] {
  const lines = ["flowchart LR"];
  const services = Object.entries(environment.services);
  const resources = Object.entries(environment.resources);
  const outside = resources.filter(([, one]) => one.external === true || one.kind === "partner");
  const inside = resources.filter((one) => !outside.includes(one));
  const reached = new Map<string, string[]>();
  for (const { service, host, path } of environment.hosts)
    reached.set(service, [...(reached.get(service) ?? []), path === "/" ? host : host + path]);
  if (reached.size > 0) lines.push(`  users([${mermaidLabel(["users"])}])`);
  lines.push(`  subgraph inside [${mermaidLabel([environment.environment])}]`);
  for (const [name, { title, kind }] of services)
    lines.push(
      `    ${id("service", name)}[${mermaidLabel([title ?? name, ...(kind === "service" || kind === name ? [] : [kind])])}]`,
    );
  for (const [name, one] of inside) {
    const label = mermaidLabel([resourceTitle(name, one, environment)]);
    const [open, close] = shapes[one.kind] ?? ["[", "]"];
    lines.push(`    ${id("resource", name)}${open}${label}${close}`);
  }
  lines.push("  end");
  for (const [name, one] of outside) lines.push(`  ${id("resource", name)}([${mermaidLabel([one.title ?? name])}])`);
  for (const [service, hosts] of reached) lines.push(`  users -->|${mermaidLabel(hosts)}| ${id("service", service)}`);
  for (const edge of edges(environment)) lines.push(`  ${edge}`);
  return lines;
}

const shapes: Readonly<Record<string, readonly [open: string, close: string]>> = {
  postgres: ["[(", ")]"],
  redis: ["[(", ")]"],
  bucket: ["[(", ")]"],
  search: ["[(", ")]"],
  topic: ["{{", "}}"],
  queue: ["{{", "}}"],
  kms: ["([", "])"],
};

function edges(environment: Environment): readonly string[] {
  const found = new Set<string>();
  for (const [name, { uses = [], takes = [] }] of Object.entries(environment.services)) {
    for (const use of uses) {
      const resource = refName(use, "resources");
      const service = refName(use, "services");
      if (resource !== undefined && environment.resources[resource])
        found.add(`${id("service", name)} --> ${id("resource", resource)}`);
      if (service !== undefined && environment.services[service])
        found.add(`${id("service", name)} --> ${id("service", service)}`);
    }
    for (const take of takes) {
      const queue = refName(take, "resources");
      if (queue !== undefined && environment.resources[queue]) found.add(`${id("resource", queue)} --> ${id("service", name)}`);
    }
  }
  for (const [name, one] of Object.entries(environment.resources)) {
    const on = "on" in one ? refName(one.on, "resources") : undefined;
    if (on !== undefined && environment.resources[on]) found.add(`${id("resource", name)} -.- ${id("resource", on)}`);
  }
  return [...found];
}

/** A word of ours first, so that no name is one of Mermaid's own words. */
function id(kind: "service" | "resource", name: string): string {
  return `${kind}_${name.replace(/[^A-Za-z0-9]/g, "_")}`;
}
