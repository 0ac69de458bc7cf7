import { type Value, template } from "../../text/hcl.ts";
import { type Part, type Place, accountId, call, named, out, part, variable } from "./place.ts";

const ofRoles = [
  "iam:AttachRolePolicy",
  "iam:CreateRole",
  "iam:DeleteRole",
  "iam:DeleteRolePolicy",
  "iam:DetachRolePolicy",
  "iam:PassRole",
  "iam:PutRolePolicy",
  "iam:TagRole",
  "iam:UntagRole",
  "iam:UpdateAssumeRolePolicy",
  "iam:UpdateRole",
  "iam:UpdateRoleDescription",
];

/** The roles of workflows on GitHub: one that plans and may read, one that applies and releases. */
export function deployer(place: Place): Part | undefined {
  const { pipeline, repository, environment } = place.environment;
  const identity = pipeline?.infrastructure?.deployer?.identity ?? pipeline?.identity;
  if (identity !== "github oidc" || repository?.host !== "github") return undefined;
  const account = pipeline?.infrastructure?.deployer?.account ?? pipeline?.account;
  const roles: readonly (readonly [string, Value])[] = [
    [
      "deploy",
      {
        name: account ?? named(place, "deploy", 64),
        environment,
        policies: ["IAMReadOnlyAccess", "PowerUserAccess"],
        permissions: {
          roles: { actions: ofRoles, resources: [template("arn:aws:iam::", accountId, ":role/", variable("name"), "-*")] },
        },
      },
    ],
    [
      "plan",
      {
        name: named(place, "plan", 64),
        environment: `${environment}-plan`,
        policies: ["ReadOnlyAccess"],
        permissions: {
          // A new master password is drawn in every run, and only kept by one that applies.
          random: { actions: ["secretsmanager:GetRandomPassword"], resources: ["*"] },
        },
      },
    ],
  ];
  return part(
    "security.tf",
    [
      call(
        place,
        "deployer",
        "deployer",
        { repository: repository.path, roles: Object.fromEntries(roles) as Value },
        {
          comment:
            "Whoever applies this root has to be able to make all that is in it; roles only under its own name. A person applies it the\nfirst time.",
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
