import { deploysFromGitHub } from "../../subject.ts";
import { shortName } from "../../names.ts";
import { buildsPullRequests } from "../../promotion.ts";
import { type Value, expression, template } from "../../text/hcl.ts";
import { registryOf } from "./accounts.ts";
import { type Call, type Part, type Place, accountId, call, label, named, out, part, variable } from "./place.ts";
import { ownOf } from "./resources.ts";
import { writtenSecrets } from "./secrets.ts";

/**
 * The roles of workflows on GitHub: one that plans and may read, one that applies and releases, where pull requests are built one that
 * pushes their images; and what bounds them.
 */
export function deployer(place: Place): Part | undefined {
  const { repository, environment } = place.environment;
  if (!deploysFromGitHub(place.environment) || repository === undefined) return undefined;
  const roles: readonly (readonly [string, Value])[] = [
    [
      "deploy",
      {
        name: deployRole(place),
        environment,
        policies: ["IAMReadOnlyAccess", "PowerUserAccess"],
        own_policies: { roles: out("boundary", "role_making_arn") },
      },
    ],
    [
      "plan",
      { name: planRole(place), environment: `${environment}-plan`, policies: ["ReadOnlyAccess"], permissions: planning(place) },
    ],
    ...(buildsForReview(place)
      ? [["preview", { name: previewRole(place), environment: `${environment}-preview`, permissions: pushing(place) }] as const]
      : []),
  ];
  return part(
    "security.tf",
    [
      boundary(place),
      call(
        place,
        "deployer",
        "deployer",
        { repository: repository.path, roles: Object.fromEntries(roles) as Value },
        {
          comment:
            "Whoever applies this root has to be able to make all that is in it; roles only under its own name, and within the boundary. A\nperson applies it the first time, and whenever these two change.",
        },
      ),
    ],
    {
      outputs: [
        { name: "deployer_role_arns", description: "The roles that workflows take.", value: out("deployer", "role_arns") },
      ],
    },
  );
}

function deployRole(place: Place): Value {
  return givenRole(place) ?? named(place, "deploy", 64);
}

function givenRole({ environment: { pipeline } }: Place): string | undefined {
  return pipeline?.infrastructure?.deployer?.account ?? pipeline?.account;
}

/** The same written out, for other roots. */
export function deployRoleName(place: Place): string {
  return givenRole(place) ?? shortName(`${place.name}-deploy`, 64);
}

function planRole(place: Place): Value {
  return named(place, "plan", 64);
}

function previewRole(place: Place): Value {
  return named(place, "preview", 64);
}

/** The same written out, for other roots. */
export function previewRoleName(place: Place): string | undefined {
  return buildsForReview(place) ? shortName(`${place.name}-preview`, 64) : undefined;
}

function buildsForReview({ subject, environment }: Place): boolean {
  return registryOf(environment) !== undefined && buildsPullRequests(subject, environment);
}

function boundary(place: Place): Call {
  const others = ownOf(place, "postgres").flatMap(([, { instance }]) =>
    instance === undefined || `${instance}-rds`.startsWith(`${place.name}-`) ? [] : [`${instance}-rds`],
  );
  return call(place, "boundary", "boundary", {
    name: variable("name"),
    account_id: accountId,
    deployers: [deployRole(place), planRole(place), ...(buildsForReview(place) ? [previewRole(place)] : [])],
    more_role_names: others.length === 0 ? undefined : others,
  });
}

/** What it takes to push images, and to see which are there. */
function pushing(place: Place): Value {
  const { shared, repositories = [] } = registryOf(place.environment) ?? {};
  return {
    login: { actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
    images: {
      actions: [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:GetDownloadUrlForLayer",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
      ],
      resources: repositories.map((one) =>
        shared === undefined
          ? expression(`module.registry.arns["${one}"]`)
          : template("arn:aws:ecr:", variable("region"), `:${shared}:repository/${one}`),
      ),
    },
  };
}

/** What it takes to plan besides reading: Terraform draws passwords in every run, and reads back the secrets that it once wrote. */
function planning(place: Place): Value {
  const written = [...writtenSecrets(place), ...ownOf(place, "postgres").map(([name]) => out(label(name), "master_secret_arn"))];
  return {
    random: { actions: ["secretsmanager:GetRandomPassword"], resources: ["*"] },
    ...(written.length === 0
      ? {}
      : {
          secrets: { actions: ["secretsmanager:GetSecretValue"], resources: written },
          encryption: {
            actions: ["kms:Decrypt"],
            resources: [out("encryption", "key_arn")],
            condition: {
              StringEquals: { "kms:ViaService": [template("secretsmanager.", variable("region"), ".amazonaws.com")] },
            },
          },
        }),
  };
}
