import { refName } from "../../../spec/derive.ts";
import { pathsOf } from "../../../spec/routes.ts";
import type { YamlValue } from "../../text/yaml.ts";
import type { Watch } from "../watch.ts";

// What is not kept at all: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/filterprocessor

type Dropped = { readonly service: string; readonly paths: readonly string[] };

/** Health checks and the like of the spec, by the service that they ask. */
export function excluded({ environment }: Watch): readonly Dropped[] {
  return (environment.logs?.drop ?? []).flatMap((one) => {
    const service = refName(one, "services");
    const found = service === undefined ? undefined : environment.services[service];
    if (service === undefined || found === undefined) return [];
    const paths = pathsOf(one, found);
    return paths.length === 0 ? [] : [{ service, paths }];
  });
}

/** Conditions of which any one drops a span or a line; undefined where all is kept. */
export function droppedOf(watch: Watch): YamlValue | undefined {
  const conditions = excluded(watch).flatMap(({ service, paths }) =>
    paths.map((path) => (where: string) => condition(service, path, where)),
  );
  if (conditions.length === 0) return undefined;
  return {
    error_mode: "ignore",
    traces: { span: conditions.map((one) => one("span.attributes")) },
    logs: { log_record: conditions.map((one) => one("log.attributes")) },
  };
}

/** A span is a request's under the new name of its path or the old one. */
function condition(service: string, path: string, attributes: string): string {
  const of = `resource.attributes["service.name"] == ${quoted(service)}`;
  const test = (name: string) =>
    path.includes("*")
      ? `IsMatch(${attributes}["${name}"], ${quoted(`^${path.split("*").map(escapedPattern).join(".*")}$`)})`
      : `${attributes}["${name}"] == ${quoted(path)}`;
  return `${of} and (${test("url.path")} or ${test("http.target")})`;
}

function escapedPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** A string of OTTL in a file where a dollar begins a variable. */
function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`.replaceAll("$", () => "$$");
}
