import { refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import type { ResourceData } from "../../spec/schema/product.ts";
import { imagesOf, stageOf } from "../docker/image.ts";
import { envFileOf } from "../env/files.ts";
import { sharedValues } from "../env/shared-values.ts";
import type { File } from "../file.ts";
import { layoutOf } from "../layout.ts";
import { isNginx, proxyTemplate } from "../nginx.ts";
import { type Subject, onLaptops } from "../subject.ts";
import { word } from "../text/shell.ts";
import { yaml } from "../text/yaml.ts";
import { composeService, composedServices, modulesVolume } from "./services.ts";
import { stores } from "./stores.ts";
import { composeText } from "./values.ts";

/** A compose file for each environment of a laptop that names one. */
export function compose(subject: Subject): readonly File[] {
  return onLaptops(subject).flatMap((environment) =>
    environment.cloud === "local" && environment.compose !== undefined
      ? composeFiles(subject, environment, environment.compose)
      : [],
  );
}

function composeFiles(subject: Subject, environment: Environment, file: string): readonly File[] {
  const folder = `${layoutOf(subject).root}/compose`;
  const names = composedServices(environment);
  const envFile = envFileOf(subject, environment);
  const where = {
    envFile,
    composed: new Set(names),
    shared:
      envFile === undefined
        ? new Map<string, string>()
        : sharedValues(environment, names, (variable) => composeText(environment, variable)),
    targets: sharedTargets(subject),
    nginxFolder: (service: string) => `${folder}/${service}`,
  };
  const services = names.flatMap((name) => {
    const service = environment.services[name];
    return service === undefined ? [] : [{ name, service }];
  });
  const containers = stores(environment, `${folder}/localstack`);
  const volumes = [
    ...containers.flatMap(([name]) => namedVolume(environment.resources[name])),
    ...services
      .filter(({ service }) => (service.develop?.mount ?? []).length > 0 && service.stack?.language === "node")
      .map(({ name }) => modulesVolume(name)),
  ];
  const text = yaml({
    name: subject.name,
    services: Object.fromEntries([
      ...containers,
      ...services.map(({ name, service }) => [name, composeService(environment, name, service, where)] as const),
    ]),
    ...(volumes.length > 0 ? { volumes: Object.fromEntries(volumes.map((name) => [name, {}])) } : {}),
  });
  return [
    { path: file, text },
    ...services
      .filter(({ service }) => isNginx(service))
      .map(({ name, service }) => ({
        path: `${where.nginxFolder(name)}/default.conf.template`,
        text: proxyTemplate(environment, service, {
          tls: false,
          addressOf: (key) => `http://${key}:${environment.services[key]?.port ?? 8080}`,
        }),
      })),
    ...emulated(environment, `${folder}/localstack`),
  ];
}

/** Whose Dockerfile builds others too. */
function sharedTargets(subject: Subject): ReadonlyMap<string, string> {
  return new Map(
    imagesOf(subject).flatMap(({ services }) =>
      services.length > 1 ? services.map(({ name }): [string, string] => [name, stageOf(name)]) : [],
    ),
  );
}

/** `pgdata:/var/lib/postgresql/data` names one, a path does not. */
function namedVolume(resource: ResourceData | undefined): readonly string[] {
  const name = resource?.container?.volume?.split(":", 1)[0];
  return name === undefined || /^[./~]/.test(name) ? [] : [name];
}

/** The emulator starts empty: what it plays is made once it is ready. */
function emulated(environment: Environment, folder: string): readonly File[] {
  const lines = Object.values(environment.resources).flatMap((emulator) =>
    emulator.kind === "emulator" && emulator.container?.image !== undefined
      ? emulator.of.flatMap((played) => {
          const name = refName(played, "resources");
          return name === undefined ? [] : made(environment.resources[name]?.kind, name);
        })
      : [],
  );
  if (lines.length === 0) return [];
  const text = [
    "#!/usr/bin/env bash",
    "# LocalStack runs this once it is ready, with each start.",
    "set -euo pipefail",
    "",
    ...lines,
  ];
  return [{ path: `${folder}/make-resources.sh`, text: `${text.join("\n")}\n`, executable: true }];
}

function made(kind: string | undefined, name: string): readonly string[] {
  switch (kind) {
    case "bucket":
      return [`awslocal s3api create-bucket --bucket ${word(name)} >/dev/null`];
    case "queue":
      return [`awslocal sqs create-queue --queue-name ${word(name)} >/dev/null`];
    case "topic":
      return [`awslocal sns create-topic --name ${word(name)} >/dev/null`];
    case "kms":
      return [
        `if ! awslocal kms describe-key --key-id ${word(`alias/${name}`)} >/dev/null 2>&1; then`,
        "  key=$(awslocal kms create-key --query KeyMetadata.KeyId --output text)",
        `  awslocal kms create-alias --alias-name ${word(`alias/${name}`)} --target-key-id "$key"`,
        "fi",
      ];
    default:
      return [];
  }
}
