import { identifier } from "../../names.ts";
import { type Subject, inCloud } from "../../subject.ts";
import type { Value } from "../../text/hcl.ts";
import { type AwsEnvironment, type Input, variable } from "./place.ts";

// Which account an environment is in. A spec may name it by its number, or by a name that only people know.

const number = /^\d{12}$/;

export function inAws(subject: Subject): readonly AwsEnvironment[] {
  return inCloud(subject).filter((one): one is AwsEnvironment => one.cloud === "aws");
}

export function accountNumber({ account, environment }: AwsEnvironment): Value {
  return number.test(account) ? account : variable(accountVariable(environment));
}

/** What has to be told where the numbers are not in the spec. */
export function accountInputs(environments: readonly AwsEnvironment[]): readonly Input[] {
  return environments.flatMap(({ account, environment }) =>
    number.test(account)
      ? []
      : [
          {
            name: accountVariable(environment),
            description: `The number of the account that ${environment} is in, ${account}.`,
            type: "string",
          },
        ],
  );
}

function accountVariable(environment: string): string {
  return `${identifier(environment).toLowerCase()}_account_id`;
}

export type Registry = {
  /** The account's number where it is not the environment's own. */
  readonly shared: string | undefined;
  readonly repositories: readonly string[];
};

const inEcr = /^(<account>|\d{12})\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com\/(.+?)(?::[^/]*)?$/;

/** The ECR that an environment's images are in; undefined where they are somewhere else. */
export function registryOf({ account, services }: AwsEnvironment): Registry | undefined {
  const images = Object.values(services).flatMap(({ build, image }) => (build === undefined ? [] : [inEcr.exec(image ?? "")]));
  const [first] = images;
  if (!first) return undefined;
  const [, owner = ""] = first;
  const repositories = new Set(images.flatMap((one) => one?.[2] ?? []));
  return { shared: owner === "<account>" || owner === account ? undefined : owner, repositories: [...repositories].toSorted() };
}

/** The environments that take their images over from this one's registry. */
export function takersOf(subject: Subject, environment: AwsEnvironment): readonly AwsEnvironment[] {
  const all = inAws(subject);
  const builds = ({ deploy = [] }: AwsEnvironment) => deploy.some(({ on }) => on === "push" || on === "merge");
  const source = all.find(builds) ?? all.find(({ deploy }) => deploy !== undefined);
  if (source?.environment !== environment.environment) return [];
  return all.filter((one) => one.account !== environment.account && one.deploy !== undefined);
}
