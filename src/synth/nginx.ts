import { refName } from "../spec/derive.ts";
import type { Environment, EnvironmentService } from "../spec/environment.ts";
import { callsOf } from "./variables.ts";

// What the official nginx image needs to stand in front of the services: a template, whose ${VARIABLES} its entrypoint fills in at start.

/** Whether the official image, or its variant without root, is what runs. */
export function isNginx({ kind, image = "" }: EnvironmentService): boolean {
  return kind === "proxy" && image.includes("nginx");
}

export type Inside = {
  /** It is called by HTTPS, and calls so itself. */
  readonly tls: boolean;
  /** What a service's variable is called that the proxy has its address in; without one, the address itself. */
  readonly addressOf: (service: string) => string;
};

/** The server of a proxy: each path goes to the service that answers there, and whatever is left to the one without paths. */
export function proxyTemplate(environment: Environment, proxy: EnvironmentService, { tls, addressOf }: Inside): string {
  const targets = callsOf(proxy).flatMap((key) => {
    const service = environment.services[key];
    return service === undefined ? [] : [{ service, address: addressFor(proxy, key) ?? addressOf(key) }];
  });
  // What is left goes last, as people read it; nginx itself takes the longest.
  const routes = targets
    .flatMap(({ service, address }) =>
      (service.paths ?? (service.kind === "frontend" || targets.length === 1 ? ["/*"] : [])).map((path) => ({ path, address })),
    )
    .toSorted((a, b) => Number(a.path === "/*") - Number(b.path === "/*"));
  const own = [...new Set([proxy.health?.path, proxy.health?.ready])].filter((one) => one !== undefined);
  const hidden = [...new Set(targets.flatMap(({ service }) => service.metrics ?? []))];
  return lines([
    ...upgradeMap,
    "",
    "server {",
    ...indented([
      `listen ${proxy.port ?? 8080}${tls ? " ssl" : ""};`,
      ...(tls ? certificate : []),
      "",
      "# Uploads are the services' to limit.",
      "client_max_body_size 0;",
      ...passedOn,
      ...(tls ? ["", "# Services prove who they are with certificates of the authority that signed this one.", ...verified] : []),
      ...own.flatMap((path) => ["", `location = ${path} {`, "  access_log off;", '  return 200 "ok";', "}"]),
      ...hidden.flatMap((path) => [
        "",
        "# What is measured is nobody's business outside.",
        `location = ${path} {`,
        "  return 404;",
        "}",
      ]),
      ...routes.flatMap(({ path, address }) => ["", `location ${location(path)} {`, `  proxy_pass ${address};`, "}"]),
    ]),
    "}",
  ]);
}

/** TLS in front of a service that speaks plain HTTP on the same pod. */
export function sidecarTemplate(port: number): string {
  return lines([
    ...upgradeMap,
    "",
    "server {",
    ...indented([
      `listen ${port} ssl;`,
      ...certificate,
      "",
      "client_max_body_size 0;",
      ...passedOn,
      "",
      "location / {",
      "  proxy_pass http://127.0.0.1:${UPSTREAM_PORT};",
      "}",
    ]),
    "}",
  ]);
}

/** Run by the image's entrypoint before nginx starts. */
export const reloadScript = lines([
  "#!/bin/sh",
  "# A renewed certificate is taken up without a restart.",
  "while sleep 3600; do nginx -s reload; done &",
]);

/** The variable that holds a service's address, as nginx's entrypoint knows it. */
function addressFor(proxy: EnvironmentService, service: string): string | undefined {
  const found = Object.entries(proxy.env ?? {}).find(
    ([, value]) => refName(value, "services") === service && (value as { readonly attribute?: string }).attribute === "url",
  );
  return found === undefined ? undefined : `\${${found[0]}}`;
}

/** `/api/*` is a prefix, `/` without a star one page, and a star further inside one part of a path. */
function location(path: string): string {
  const prefix = path.endsWith("/*") ? path.slice(0, -1) : undefined;
  if (prefix !== undefined && !prefix.includes("*")) return prefix;
  if (!path.includes("*")) return `= ${path}`;
  const pattern = path
    .replace(/[.+]/g, (one) => `\\${one}`)
    .replace(/\*$/, ".*")
    .replace(/\*(?!$)/g, (one, at: number, whole: string) => (whole[at - 1] === "." ? one : "[^/]+"));
  return `~ ^${pattern}$`;
}

const upgradeMap = ["map $http_upgrade $connection_upgrade {", "  default upgrade;", '  "" "";', "}"];
const certificate = ["ssl_certificate /tls/tls.crt;", "ssl_certificate_key /tls/tls.key;", "ssl_protocols TLSv1.2 TLSv1.3;"];
const verified = ["proxy_ssl_trusted_certificate /tls/ca.crt;", "proxy_ssl_verify on;", "proxy_ssl_server_name on;"];
const passedOn = [
  "",
  "proxy_http_version 1.1;",
  "proxy_set_header Host $host;",
  "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
  "proxy_set_header Upgrade $http_upgrade;",
  "proxy_set_header Connection $connection_upgrade;",
  "proxy_buffering off;",
  "proxy_request_buffering off;",
];

function indented(given: readonly string[]): readonly string[] {
  return given.map((one) => (one === "" ? "" : `  ${one}`));
}

function lines(given: readonly string[]): string {
  return `${given.join("\n")}\n`;
}
