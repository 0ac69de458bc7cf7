import { shortName } from "../../names.ts";
import { type Value, template } from "../../text/hcl.ts";
import {
  type Call,
  type Part,
  type Place,
  accountId,
  call,
  deploysFromGitHub,
  label,
  named,
  out,
  part,
  variable,
} from "./place.ts";
import { ownOf } from "./resources.ts";
import { writtenSecrets } from "./secrets.ts";

/** The roles of workflows on GitHub: one that plans and may read, one that applies and releases; and what bounds both. */
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

function boundary(place: Place): Call {
  const others = ownOf(place, "postgres").flatMap(([, { instance }]) =>
    instance === undefined || `${instance}-rds`.startsWith(`${place.name}-`) ? [] : [`${instance}-rds`],
  );
  return call(place, "boundary", "boundary", {
    name: variable("name"),
    account_id: accountId,
    deployers: [deployRole(place), planRole(place)],
    more_role_names: others.length === 0 ? undefined : others,
  });
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
