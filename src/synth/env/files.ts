import type { Environment } from "../../spec/environment.ts";
import { composedServices, emulatorVariables } from "../compose/services.ts";
import { composeText } from "../compose/values.ts";
import type { File } from "../file.ts";
import { plainText } from "../kubernetes/values.ts";
import { runsOnKubernetes } from "../kubernetes/runs.ts";
import { layoutOf } from "../layout.ts";
import { type Subject, productOf } from "../subject.ts";
import type { Variable } from "../variables.ts";
import { checkScript } from "./check-script.ts";
import { envLine } from "./line.ts";
import { envSchema } from "./schema.ts";
import { secretNames, sharedValues } from "./shared-values.ts";

/** The environment's own file: the one it names, or the one that the product has for each. */
export function envFileOf(subject: Subject, environment: Environment): string | undefined {
  if (environment.managed === "elsewhere") return undefined;
  return (
    environment.envFile ??
    (productOf(subject).files?.env === undefined ? undefined : layoutOf(subject).env(environment.environment))
  );
}

/** The values of each environment that everybody may read, and what checks them before a build. */
export function envFiles(subject: Subject): readonly File[] {
  const written = subject.environments.flatMap((environment) => {
    const path = envFileOf(subject, environment);
    return path === undefined ? [] : [{ path, environment, values: valuesOf(environment), secrets: secretsOf(environment) }];
  });
  const { files } = productOf(subject);
  return [
    ...written.map(({ path, environment, values, secrets }) => ({
      path,
      text: envText(environment, values, secrets, files?.ignored ?? []),
    })),
    ...(files?.env === undefined
      ? []
      : [
          { path: schemaPath(subject), text: envSchema(written) },
          {
            path: `${layoutOf(subject).scripts}/check-env.sh`,
            text: checkScript(
              layoutOf(subject).scripts,
              schemaPath(subject),
              written.map(({ path, environment }) => ({ path, environment: environment.environment })),
            ),
            executable: true,
          },
        ]),
  ];
}

function schemaPath(subject: Subject): string {
  return `${layoutOf(subject).root}/env.schema`;
}

function servicesOf(environment: Environment): readonly string[] {
  return environment.cloud === "local" && environment.compose !== undefined
    ? composedServices(environment)
    : Object.keys(environment.services);
}

function valuesOf(environment: Environment): ReadonlyMap<string, string> {
  const services = servicesOf(environment);
  const isComposed = environment.cloud === "local" && environment.compose !== undefined;
  const textOf = (variable: Variable) => {
    if (isComposed) return composeText(environment, variable);
    if (runsOnKubernetes(environment)) return plainText(environment, variable);
    return variable.from === "text" ? variable.text : undefined;
  };
  const values = new Map([
    ...sharedValues(environment, services, textOf),
    ...(isComposed ? Object.entries(emulatorVariables(environment, services)) : []),
  ]);
  return new Map([...values].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Those that have no value here. */
function secretsOf(environment: Environment): readonly string[] {
  const values = valuesOf(environment);
  return secretNames(environment, servicesOf(environment)).filter((one) => !values.has(one));
}

function envText(
  { cloud }: Environment,
  values: ReadonlyMap<string, string>,
  secrets: readonly string[],
  ignored: readonly string[],
): string {
  const others = ignored.some((one) => one.startsWith(".env"));
  const from = cloud === "local" ? "the shell that starts the containers" : "the secret store, when a service starts";
  return [
    `# Values that everybody may read: this file is committed${others ? ", although git ignores others like it" : ""}.`,
    ...[...values].map(([name, value]) => envLine(name, value)),
    ...(secrets.length === 0
      ? []
      : ["", `# Secrets have no value here. They come from ${from}:`, ...secrets.map((name) => `#   ${name}`)]),
  ]
    .map((one) => `${one}\n`)
    .join("");
}
