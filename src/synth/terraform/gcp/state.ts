import type { File } from "../../file.ts";
import { copiesImages } from "../../pipelines/places.ts";
import { builtIn } from "../../promotion.ts";
import type { Layout } from "../../layout.ts";
import { type Subject, inCloud } from "../../subject.ts";
import { type Entry, attribute, attributes, block, expression, gap, hclFile, quoted, template } from "../../text/hcl.ts";
import { registryOf, stateBucket } from "./foundation.ts";
import { deployerAccount, plannerAccount } from "./identity.ts";
import { type GoogleEnvironment, type Place, placeOf } from "./place.ts";

// What environments share: the bucket of their states, and the images that go from one to the next. It is applied by a person. A pipeline
// that could read or change who may do what here could give itself the states, or the images, of all the others.

export function stateRoot(place: Place): readonly File[] {
  const all = inCloud(place.subject).filter((one) => one.cloud === "gcp");
  const states = (place.environment.pipeline?.infrastructure?.state?.in ?? "gcs") === "gcs";
  const images = promoted(place, all);
  const watching = inWorkspaces(place, all);
  if (!states && images.length === 0 && watching.length === 0) return [];
  const files = {
    "versions.tf": [
      block(
        "terraform",
        [],
        [
          ...attributes({ required_version: ">= 1.8, < 2.0" }),
          block("required_providers", [], attributes({ google: { source: "hashicorp/google", version: "~> 6.50" } })),
        ],
      ),
    ],
    "providers.tf": [block("provider", ["google"], attributes({ project: expression("var.project") }))],
    "main.tf": [...(states ? [bucket(place), ...ofStates(place)] : []), ...images, ...watching],
    "variables.tf": [
      block(
        "variable",
        ["project"],
        attributes({
          description: states
            ? "The project that the bucket lies in, with nothing else in it."
            : "A project of whoever applies this, which their calls are counted to.",
          type: expression("string"),
        }),
      ),
      environments(all),
    ],
  };
  // Where the states lie in another cloud, the root of their bucket is that cloud's.
  const folder = states ? place.layout.state : place.layout.shared;
  return Object.entries(files).map(([name, entries]) => ({ path: `${folder}/${name}`, text: hclFile(entries) }));
}

function bucket(place: Place): Entry {
  return block(
    "resource",
    ["google_storage_bucket", "state"],
    [
      ...attributes({ name: stateBucket(place), location: "US" }),
      gap,
      ...attributes({ uniform_bucket_level_access: true, public_access_prevention: "enforced" }),
      block("versioning", [], attributes({ enabled: true })),
      block(
        "lifecycle_rule",
        [],
        [
          block("action", [], attributes({ type: "Delete" })),
          block("condition", [], attributes({ num_newer_versions: 50, days_since_noncurrent_time: 90 })),
        ],
        "Whichever keeps more: the last 50 versions of a state, or those of 90 days.",
      ),
      block("lifecycle", [], attribute("prevent_destroy", true)),
    ],
    [
      "Applied by a person, before anything else: the states of all environments lie in this bucket. It has none of its own in there,",
      "and needs none: terraform import google_storage_bucket.state <name> finds it again.",
    ].join("\n"),
  );
}

/** Each pipeline has the states of its own environment. */
function ofStates(place: Place): readonly Entry[] {
  const name = stateBucket(place);
  const below = (suffix: string) =>
    template("resource.name.startsWith('projects/_/buckets/", name, "/objects/", expression("name"), `${suffix}/')`).text;
  const grant = (label: string, role: string, account: string, comment?: string) =>
    block(
      "resource",
      ["google_storage_bucket_iam_member", label],
      [
        ...attributes({ for_each: expression("var.environments") }),
        gap,
        ...attributes({ bucket: expression("google_storage_bucket.state.name"), role, member: memberOf(account) }),
        block(
          "condition",
          [],
          attributes({
            title: template("only ", expression("each.key")),
            expression: expression("local.own_state[each.key]"),
          }),
        ),
      ],
      comment,
    );
  return [
    block(
      "locals",
      [],
      attribute(
        "own_state",
        expression(
          [
            "{",
            '    for name in keys(var.environments) : name => join(" || ", [',
            `      "resource.type != 'storage.googleapis.com/Object'",`,
            `      ${below("")},`,
            `      ${below("-standby")},`,
            "    ])",
            "  }",
          ].join("\n"),
        ),
        "The state of an environment, and that of its standby beside it.",
      ),
    ),
    grant(
      "deployers",
      "roles/storage.objectUser",
      deployerAccount(place),
      "The state of another environment is none of a deployer's business.",
    ),
    grant("planners", "roles/storage.objectViewer", plannerAccount, "A plan reads the state, and changes nothing in it."),
  ];
}

function promoted(place: Place, all: readonly GoogleEnvironment[]): readonly Entry[] {
  const { subject } = place;
  const source = builtIn(subject);
  const to = all.filter((one) => copiesImages(subject, one)).map(({ environment }) => environment);
  const registry = source?.cloud === "gcp" ? registryOf(source) : undefined;
  if (source === undefined || registry === undefined || to.length === 0) return [];
  const from = quoted(source.environment);
  return [
    block(
      "resource",
      ["google_artifact_registry_repository_iam_member", "promoting"],
      [
        ...attributes({
          for_each: expression(
            `{ for name, project in var.environments : name => project if contains([${to.map(quoted).join(", ")}], name) && contains(keys(var.environments), ${from}) }`,
          ),
        }),
        gap,
        ...attributes({
          project: expression(`var.environments[${from}]`),
          location: registry.location,
          repository: registry.name,
          role: "roles/artifactregistry.reader",
          member: memberOf(deployerAccount(place)),
        }),
      ],
      `Images are built for ${source.environment}, and copied from there by the deployers of the others.`,
    ),
  ];
}

/** Dashboards of several environments may stand in one project, which is none of theirs. */
function inWorkspaces(place: Place, all: readonly GoogleEnvironment[]): readonly Entry[] {
  const workspaces = Object.fromEntries(
    all.flatMap(({ environment, workspace, project }) =>
      workspace === undefined || workspace === project ? [] : [[environment, workspace] as const],
    ),
  );
  if (Object.keys(workspaces).length === 0) return [];
  const rights = (account: string, ...roles: readonly string[]) =>
    roles.map((role) => ({ account, role: `roles/monitoring.${role}` }));
  return [
    block(
      "locals",
      [],
      attributes({
        workspaces,
        watching: [
          ...rights(deployerAccount(place), "dashboardEditor", "metricsScopesAdmin"),
          ...rights(plannerAccount, "dashboardViewer", "metricsScopesViewer"),
        ],
      }),
      "Environments whose dashboards stand in another project, and what that takes there.",
    ),
    block(
      "resource",
      ["google_project_iam_member", "watching"],
      [
        ...attributes({
          for_each: expression(
            [
              "merge([",
              "    for name, workspace in local.workspaces : {",
              '      for one in local.watching : "${name} ${one.account} ${one.role}" => merge(one, { project = workspace, of = var.environments[name] })',
              "    } if contains(keys(var.environments), name)",
              "  ]...)",
            ].join("\n"),
          ),
        }),
        gap,
        ...attributes({
          project: expression("each.value.project"),
          role: expression("each.value.role"),
          member: expression('"serviceAccount:${each.value.account}@${each.value.of}.iam.gserviceaccount.com"'),
        }),
      ],
    ),
  ];
}

function memberOf(account: string) {
  return template(`serviceAccount:${account}@`, expression("each.value"), ".iam.gserviceaccount.com");
}

function environments(all: readonly GoogleEnvironment[]): Entry {
  const names = all.map(({ environment }) => environment);
  return block(
    "variable",
    ["environments"],
    [
      ...attributes({
        description:
          "The project of each environment that has been applied once, by a person: from then on its pipeline is let in here.",
        type: expression("map(string)"),
        default: {},
      }),
      block(
        "validation",
        [],
        attributes({
          condition: expression(`length(setsubtract(keys(var.environments), [${names.map(quoted).join(", ")}])) == 0`),
          error_message: `The environments are ${names.join(", ")}.`,
        }),
      ),
    ],
  );
}

/** The folder of the root of what environments share, if there is one. */
export function gcpShared(subject: Subject, layout: Layout): string | undefined {
  const first = inCloud(subject).find(({ cloud }) => cloud === "gcp");
  const [file] = first?.cloud === "gcp" ? stateRoot(placeOf(subject, first, layout)) : [];
  return file?.path.slice(0, file.path.lastIndexOf("/"));
}
