import { deploysFromGitHub } from "../../subject.ts";
import type { File } from "../../file.ts";
import { type Entry, type Value, attributes, block, expression, hclFile } from "../../text/hcl.ts";
import { identifier } from "../../names.ts";
import { hasStandby } from "../../kubernetes/standby.ts";
import type { Root } from "../root.ts";
import { accountInputs, accountNumber, inAws, registryOf, takersOf } from "./accounts.ts";
import { deployRoleName, previewRoleName } from "./deployer.ts";
import { minioBuckets } from "./minio-secrets.ts";
import {
  type AwsEnvironment,
  type Call,
  type Part,
  type Place,
  accountId,
  call,
  out,
  part,
  placeOf,
  regionOf,
  variable,
} from "./place.ts";
import { backendOf, versionsOf } from "./settings.ts";

/** The registry of an environment that has one of its own, with its copy in the second region. */
export function registry(place: Place, repositories: readonly string[]): Part | undefined {
  const { subject, environment } = place;
  if (repositories.length === 0 || registryOf(environment)?.shared !== undefined) return undefined;
  const takers = takersOf(subject, environment);
  const copied = environment.runs === "eks" && hasStandby(environment);
  const one = (suffix: "" | "_standby", more: Readonly<Record<string, Value | undefined>>) =>
    call(
      place,
      `registry${suffix}`,
      "registry",
      {
        repositories: [...repositories, ...minioImages(place)],
        kms_key_arn: out(`encryption${suffix}`, "key_arn"),
        force_delete: expression("!var.deletion_protection"),
        ...more,
      },
      suffix === "" ? {} : { providers: { aws: "aws.standby" } },
    );
  const calls: Call[] = [
    one("", {
      readers: takers.length === 0 ? undefined : takers.map(accountNumber),
      copies: copied ? { account_id: accountId, regions: [variable("standby_region")] } : undefined,
    }),
    ...(copied ? [one("_standby", {})] : []),
  ];
  return part("services.tf", calls, {
    inputs: accountInputs(takers),
    outputs: [{ name: "repository_urls", description: "Where images are pushed to.", value: out("registry", "urls") }],
  });
}

/** MinIO publishes no images any more: they are built, and kept beside one's own. */
function minioImages(place: Place): readonly string[] {
  return minioBuckets(place).length === 0 || place.environment.runs !== "eks" ? [] : ["mc", "minio"];
}

/** Where several environments have one registry in an account of its own: its root, and who may pull and push. */
export function registryRoot(subject: Place["subject"], layout: Place["layout"]): Root {
  const users = inAws(subject).filter((one) => registryOf(one)?.shared !== undefined);
  const [first] = users;
  const account = first && registryOf(first)?.shared;
  if (first === undefined || account === undefined) return { files: [], modules: [] };
  const place = { ...placeOf(subject, first, layout), folder: layout.registry };
  const names = users.flatMap((one) => [...(registryOf(one)?.repositories ?? []), ...minioImages(placeOf(subject, one, layout))]);
  const repositories = [...new Set(names)].toSorted();
  const others = [...new Set(users.flatMap(regionsOf))].filter((one) => one !== place.region);
  const calls = [
    ...registryIn(place, users, repositories, { account, others }),
    ...others.flatMap((region) => registryIn(place, users, repositories, { account, others, region })),
  ];
  const inputs = accountInputs(users);
  const file = (name: string, entries: readonly Entry[]): File => ({ path: `${place.folder}/${name}`, text: hclFile(entries) });
  return {
    modules: calls.map(({ use }) => use),
    files: [
      file("versions.tf", versionsOf(place)),
      file("backend.tf", backendOf(place, "registry")),
      file("providers.tf", [
        provider(account, place.region),
        ...others.map((region) => provider(account, region, identifier(region))),
      ]),
      file(
        "main.tf",
        calls.map(({ entry }) => entry),
      ),
      file(
        "variables.tf",
        inputs.map(({ name, description, type }) =>
          block("variable", [name], attributes({ description, type: expression(type) })),
        ),
      ),
    ].filter(({ text }) => text.trim() !== ""),
  };
}

function regionsOf(environment: AwsEnvironment): readonly string[] {
  const { standby } = environment;
  return [regionOf(environment), ...(hasStandby(environment) && standby !== undefined ? [standby.region] : [])];
}

function provider(account: string, region: string, alias?: string): Entry {
  return block("provider", ["aws"], attributes({ alias, region, allowed_account_ids: [account] }));
}

type Where = { readonly account: string; readonly others: readonly string[]; readonly region?: string };

function registryIn(
  place: Place,
  users: readonly AwsEnvironment[],
  repositories: readonly string[],
  { account, others, region }: Where,
): readonly Call[] {
  const suffix = region === undefined ? "" : `_${identifier(region)}`;
  const how = region === undefined ? {} : { providers: { aws: `aws.${identifier(region)}` } };
  return [
    call(
      place,
      `encryption${suffix}`,
      "encryption",
      { name: `${place.subject.name}-registry`, description: "Images", account_id: account },
      how,
    ),
    call(
      place,
      `registry${suffix}`,
      "registry",
      {
        repositories,
        kms_key_arn: out(`encryption${suffix}`, "key_arn"),
        readers: [...new Set(users.map(({ account: own }) => own))].flatMap((own) => {
          const user = users.find((one) => one.account === own);
          return user === undefined ? [] : [accountNumber(user)];
        }),
        // A copy is written by the registry itself.
        writers: region === undefined || users.some((one) => regionOf(one) === region) ? writersOf(place, users) : undefined,
        copies: region === undefined && others.length > 0 ? { account_id: account, regions: others } : undefined,
      },
      how,
    ),
  ];
}

function writersOf({ subject, layout }: Place, users: readonly AwsEnvironment[]): Value | undefined {
  const writers = users.filter(deploysFromGitHub).flatMap((one) => {
    const place = placeOf(subject, one, layout);
    const preview = previewRoleName(place);
    const writer = (name: string, role: string) => [name, { account_id: accountNumber(one), role }] as const;
    return [
      writer(one.environment, deployRoleName(place)),
      ...(preview === undefined ? [] : [writer(`${one.environment}-preview`, preview)]),
    ];
  });
  return writers.length === 0 ? undefined : Object.fromEntries(writers);
}
