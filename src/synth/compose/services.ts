import { refName } from "../../spec/derive.ts";
import type { Environment, EnvironmentService } from "../../spec/environment.ts";
import { durationMs } from "../../lib/quantities.ts";
import { sharedValues } from "../env/shared-values.ts";
import { type Variable, callsOf, resourcesOf, variablesOf } from "../variables.ts";
import { isNginx } from "../kubernetes/workload.ts";
import { literal } from "./literal.ts";
import type { ComposeService } from "./stores.ts";
import { composeText, emulatorOf } from "./values.ts";

export type Where = {
  readonly envFile: string | undefined;
  readonly targetOf: (service: string) => string | undefined;
  readonly nginxFolder: (service: string) => string;
};

/** Where some say what their container is like, the others are not meant for it. */
export function composedServices(environment: Environment): readonly string[] {
  const all = Object.keys(environment.services);
  const said = all.filter((name) => environment.services[name]?.container !== undefined);
  return byDependency(environment, said.length > 0 ? said : all);
}

/** What is called stands before its caller. */
function byDependency(environment: Environment, names: readonly string[]): readonly string[] {
  const done: string[] = [];
  const visit = (name: string, above: readonly string[]) => {
    const service = environment.services[name];
    if (done.includes(name) || above.includes(name) || service === undefined || !names.includes(name)) return;
    for (const called of callsOf(service)) visit(called, [...above, name]);
    done.push(name);
  };
  for (const name of names) visit(name, []);
  return done;
}

export function composeService(
  environment: Environment,
  name: string,
  service: EnvironmentService,
  where: Where,
): ComposeService {
  return {
    ...imageOf(name, service, where),
    depends_on: dependsOn(environment, service),
    ...(where.envFile === undefined ? {} : { env_file: where.envFile }),
    ...optional("environment", environmentOf(environment, name, service, where)),
    ...optional("ports", portsOf(service)),
    ...optional("volumes", volumesOf(name, service, where)),
    healthcheck: healthOf(service),
  };
}

function imageOf(name: string, service: EnvironmentService, { targetOf }: Where): ComposeService {
  if (service.build === undefined) return { image: service.image };
  const { context } = service.build;
  const folder = literal(context.startsWith(".") ? context : `./${context}`);
  const target = service.develop === undefined ? targetOf(name) : "development";
  const file = service.build.file;
  const dockerfile = file === undefined || file === `${context.replace(/^\.\//, "")}/Dockerfile` ? undefined : literal(file);
  return target === undefined && dockerfile === undefined
    ? { build: folder }
    : { build: { context: folder, dockerfile, target } };
}

/** What it cannot work without is waited for; what it copes without only starts first. */
function dependsOn(environment: Environment, service: EnvironmentService): ComposeService | undefined {
  const needs = new Map<string, string>();
  for (const resource of resourcesOf(service)) {
    const name = emulatorOf(environment, resource) ?? resource;
    const found = environment.resources[name];
    if (found?.container?.image === undefined || found.external === true) continue;
    const copes = (service.copesWithout ?? []).some((one) => refName(one, "resources") === resource);
    if (!copes || !needs.has(name)) needs.set(name, copes ? "service_started" : "service_healthy");
  }
  const composed = new Set(composedServices(environment));
  for (const name of callsOf(service))
    if (composed.has(name))
      needs.set(name, environment.services[name]?.health === undefined ? "service_started" : "service_healthy");
  return needs.size === 0 ? undefined : Object.fromEntries([...needs].map(([name, condition]) => [name, { condition }]));
}

/** What is not in the shared file: secrets, which come from the shell that starts it all, and what is this service's alone. */
function environmentOf(environment: Environment, name: string, service: EnvironmentService, { envFile }: Where): ComposeService {
  const textOf = (variable: Variable) => composeText(environment, variable);
  const shared =
    envFile === undefined ? new Map<string, string>() : sharedValues(environment, composedServices(environment), textOf);
  const own: Record<string, string> = {};
  for (const variable of variablesOf(environment, service)) {
    const text = textOf(variable);
    if (text === undefined && variable.from === "secret") own[variable.name] = fromShell(environment, service, variable);
    else if (text !== undefined && shared.get(variable.name) !== text) own[variable.name] = literal(text);
  }
  if (envFile === undefined)
    for (const [key, value] of Object.entries(emulatorVariables(environment, [name]))) own[key] = literal(value);
  // Vite hands a browser only what is named so.
  if (service.stack?.tools?.includes("vite") === true) own["VITE_LOG_LEVEL"] = service.logLevel ?? environment.logLevel ?? "info";
  return own;
}

/** A key of a partner's may be missing, and one that only this product reads can be anything; what opens a store elsewhere is needed. */
function fromShell(
  environment: Environment,
  service: EnvironmentService,
  variable: Extract<Variable, { from: "secret" }>,
): string {
  const used = resourcesOf(service).flatMap((one) => environment.resources[one] ?? []);
  if (used.some((one) => one.kind === "partner" && refName(one.key, "secrets") === variable.secret))
    return `\${${variable.name}:-}`;
  if (used.some(({ external }) => external === true)) return `\${${variable.name}:?is not set in the shell that starts this}`;
  return `\${${variable.name}:-development-only}`;
}

/** How clients of a cloud's find what plays it here. Any key opens that. */
export function emulatorVariables(environment: Environment, services: readonly string[]): Readonly<Record<string, string>> {
  for (const name of services) {
    const service = environment.services[name];
    for (const resource of service === undefined ? [] : resourcesOf(service)) {
      const emulator = emulatorOf(environment, resource);
      if (emulator === undefined) continue;
      const port = environment.resources[emulator]?.port ?? 4566;
      return {
        AWS_ACCESS_KEY_ID: "test",
        AWS_ENDPOINT_URL: `http://${emulator}:${port}`,
        AWS_REGION: "us-east-1",
        AWS_SECRET_ACCESS_KEY: "test",
      };
    }
  }
  return {};
}

function portsOf({ container, port }: EnvironmentService): readonly string[] {
  if (container?.ports !== undefined) return container.ports;
  return container === undefined && port !== undefined ? [`127.0.0.1:${port}:${port}`] : [];
}

/** The source over the image's, and the image's packages over the source's: they are built for another machine. */
function volumesOf(name: string, service: EnvironmentService, { nginxFolder }: Where): readonly string[] {
  if (isNginx(service)) return [literal(`./${nginxFolder(name)}:/etc/nginx/templates:ro`)];
  const context = service.build?.context.replace(/^\.\//, "");
  const mounts = (service.develop?.mount ?? []).map((one) => {
    const folder = one.replace(/^\.\//, "");
    const inside =
      folder === context
        ? ""
        : `/${context !== undefined && folder.startsWith(`${context}/`) ? folder.slice(context.length + 1) : folder}`;
    return literal(`./${folder}:/app${inside}`);
  });
  return mounts.length > 0 && service.stack?.language === "node"
    ? [...mounts, `${modulesVolume(name)}:/app/node_modules`]
    : mounts;
}

export function modulesVolume(name: string): string {
  return `${name}-node-modules`;
}

/** Images that are built here bring their own check; what runs for development is asked as its tools answer. */
function healthOf(service: EnvironmentService): ComposeService | undefined {
  const { health, port, develop } = service;
  if (health === undefined || port === undefined) return undefined;
  const timing = { interval: every(health.every ?? "10s"), timeout: every(health.timeout ?? "5s"), retries: 20 };
  if (isNginx(service))
    return { test: ["CMD", "wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${port}${health.path}`], ...timing };
  if (develop === undefined || service.stack?.language !== "node") return undefined;
  const path = develop.reload === "vite" ? "/" : health.path;
  const ask = `fetch('http://127.0.0.1:${port}${path}').then((one) => process.exit(one.ok ? 0 : 1), () => process.exit(1))`;
  return { test: ["CMD", "node", "-e", literal(ask)], ...timing };
}

function every(text: string): string {
  return `${Math.max(1, Math.round(durationMs(text) / 1_000))}s`;
}

function optional(key: string, value: readonly string[] | ComposeService): ComposeService {
  return Object.keys(value).length === 0 ? {} : { [key]: value };
}
