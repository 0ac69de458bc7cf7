import type { Environment } from "../../spec/environment.ts";
import { layoutOf } from "../layout.ts";
import { type Subject, productOf } from "../subject.ts";
import { word } from "../text/shell.ts";
import { block, code, heading, page, table, text } from "../text/markdown.ts";
import { findInstance, reach, regionOf } from "./commands.ts";
import { rollBack } from "./commands-of-release.ts";
import type { RunbookPage } from "./failover.ts";
import { mostWatched } from "./watched.ts";
import { resourceTitle } from "./words.ts";

type Resource = Environment["resources"][string];

/** How what is lost comes back: databases, files, Terraform's state, a version of a service. */
export function recoveryPage(subject: Subject): readonly RunbookPage[] {
  const environment = mostWatched(subject);
  if (environment === undefined) return [];
  const kept = Object.entries(environment.resources).filter(([, one]) => keptText(one) !== undefined);
  const state = productOf(subject).pipeline?.infrastructure?.state;
  if (kept.length === 0 && state === undefined) return [];
  const title = "Recovery of what is lost";
  const rows = kept.map(([name, one]) => [text(resourceTitle(name, one, environment)), keptText(one) ?? ""]);
  const [service] = Object.entries(environment.services).filter(([, { kind }]) => kind !== "cron");
  return [
    {
      title,
      text: page([
        heading(1, title),
        `Its commands are about ${code(environment.environment)}.`,
        block("sh", reach(environment)),
        rows.length === 0 ? undefined : table(["what", "kept"], rows),
        ...kept.flatMap(([name, one]) => restoreParts(subject, environment, name, one)),
        ...stateParts(subject, environment),
        ...(service === undefined
          ? []
          : [
              "## A version of a service",
              "Images are kept, and the version before still runs or can be started: traffic goes back to it.",
              block("sh", rollBack(environment, ...service)),
            ]),
      ]),
    },
  ];
}

/** What is kept of a resource, and for how long. */
function keptText(resource: Resource): string | undefined {
  if (resource.kind === "postgres" && resource.backup) {
    const { pitr, dump, keep, to } = resource.backup;
    const parts = [
      ...(pitr === undefined ? [] : [`every moment of the last ${pitr}`]),
      ...(dump === undefined
        ? []
        : [
            `a dump ${/^\w+$/.test(dump) ? dump : `at ${code(dump)}`}${to === undefined ? "" : ` in ${code(to.ref.slice("resources.".length))}`}${keep === undefined ? "" : `, kept for ${keep}`}`,
          ]),
    ];
    return parts.join(", ");
  }
  if (resource.kind === "bucket" && resource.versions !== undefined)
    return `each version of a file for ${resource.versions}${(resource.replicas ?? []).length === 0 ? "" : ", and a copy in another region"}`;
  if (resource.kind === "partner" && resource.restore !== undefined) return resource.restore;
  return undefined;
}

function restoreParts(
  subject: Subject,
  environment: Environment,
  name: string,
  resource: Resource,
): readonly (string | undefined)[] {
  if (resource.external === true) return [];
  if (resource.kind === "postgres" && resource.backup)
    return [
      `## The database ${text(name)}`,
      resource.backup.restoreTo === "same instance"
        ? "It is restored in place: what was written since is lost."
        : "It is restored beside the old one, which stays until somebody says otherwise. Look at the new one first; then the product is pointed to it.",
      block("sh", [...findInstance(environment, name, resource), ...restored(environment, name, resource)]),
      resource.backup.adopt === undefined ? undefined : "Bring the new one under Terraform, in the place of the old one:",
      resource.backup.adopt === undefined ? undefined : block("sh", adopted(subject, environment, name)),
      resource.backup.verify === undefined
        ? undefined
        : `That a backup can be restored is tried at ${code(resource.backup.verify)} (UTC).`,
    ];
  if (resource.kind === "bucket" && resource.versions !== undefined)
    return [
      `## A file in ${text(name)}`,
      "An older version is copied over the newest; no version is lost by that.",
      block("sh", versionOf(environment, resource)),
    ];
  return [];
}

function restored(environment: Environment, name: string, resource: Resource): readonly string[] {
  const instance = resource.instance === undefined ? `"$${name.replace(/[^a-z0-9]/g, "_")}"` : word(resource.instance);
  const stem = word(resource.instance ?? name);
  switch (environment.cloud) {
    case "gcp":
      return [`gcloud sql instances clone ${instance} ${stem}-restored --point-in-time=<2026-01-31T12:00:00Z>`];
    case "aws":
      return [
        `aws rds restore-db-instance-to-point-in-time --source-db-instance-identifier ${instance} \\`,
        `  --target-db-instance-identifier ${stem}-restored --restore-time <2026-01-31T12:00:00Z>`,
        `aws rds wait db-instance-available --db-instance-identifier ${stem}-restored`,
      ];
    case "azure":
      return [
        `az postgres flexible-server restore --resource-group <resource group> --source-server ${instance} \\`,
        `  --name ${stem}-restored --restore-time <2026-01-31T12:00:00Z>`,
      ];
    case "local":
      return [];
  }
}

function adopted(subject: Subject, environment: Environment, name: string): readonly string[] {
  const layout = layoutOf(subject);
  const values = layout.variables === "terraform.tfvars" ? "" : ` -var-file=${word(layout.variables)}`;
  return [
    `cd ${word(layout.terraform(environment.environment))}`,
    "terraform state list # the address of the database",
    "terraform state rm '<address>'",
    `terraform import${values} '<address>' '<id of the restored instance>' # ${name}`,
    `terraform plan${values} # has to show the new name, and nothing that is destroyed`,
  ];
}

function versionOf(environment: Environment, resource: Resource): readonly string[] {
  const minio = resource.kind === "bucket" && resource.engine === "minio";
  switch (minio ? "minio" : environment.cloud) {
    case "gcp":
      return [
        "gcloud storage ls --all-versions gs://<bucket>/<file>",
        "gcloud storage cp gs://<bucket>/<file>#<generation> gs://<bucket>/<file>",
      ];
    case "aws":
      return [
        "aws s3api list-object-versions --bucket <bucket> --prefix <file>",
        "aws s3api copy-object --bucket <bucket> --key <file> --copy-source '<bucket>/<file>?versionId=<version>'",
      ];
    case "azure":
      return [
        "az storage blob list --account-name <account> --container-name <container> --prefix <file> --include v",
        "az storage blob copy start --account-name <account> --destination-container <container> --destination-blob <file> --source-uri <address of the version>",
      ];
    case "minio":
      return [
        "mc ls --versions <alias>/<bucket>/<file>",
        "mc cp --version-id <version> <alias>/<bucket>/<file> <alias>/<bucket>/<file>",
      ];
    default:
      return [];
  }
}

function stateParts(subject: Subject, environment: Environment): readonly (string | undefined)[] {
  const { pipeline } = productOf(subject);
  const state = pipeline?.infrastructure?.state;
  if (state === undefined) return [];
  const root = word(layoutOf(subject).terraform(environment.environment));
  const backup = [`cd ${root}`, "terraform init", "terraform state pull > broken.tfstate # what is there now, to look at"];
  const given = state.restore?.replaceAll("<environment>", environment.environment);
  return [
    "## Terraform's state",
    "Nobody applies meanwhile. An older state knows less than the cloud has: the plan afterwards shows what it has to learn, and nothing may be destroyed by it.",
    block("sh", [...backup, ...(given === undefined ? versionOfState(state, regionOf(environment)) : [given]), "terraform plan"]),
    given === undefined || state.in !== "gcs"
      ? undefined
      : "`terraform state pull` has no older versions: they are in the bucket, each with its generation, which `gcloud storage ls --all-versions` lists. A backend that holds a newer serial refuses an older state, hence `-force`.",
  ];
}

type State = NonNullable<NonNullable<NonNullable<Environment["pipeline"]>["infrastructure"]>["state"]>;

function versionOfState({ in: place, bucket = "<bucket>" }: State, region: string): readonly string[] {
  switch (place) {
    case "gcs":
      return [
        `gcloud storage ls --all-versions --recursive ${word(`gs://${bucket}`)}`,
        "gcloud storage cat '<address>#<generation>' | terraform state push -force -",
      ];
    case "s3":
      return [
        `aws s3api list-object-versions --bucket ${word(bucket)} --region ${word(region)} --query 'Versions[].[Key, VersionId, LastModified]' --output text`,
        `aws s3api get-object --bucket ${word(bucket)} --key <key> --version-id <version> older.tfstate`,
        "terraform state push -force older.tfstate",
      ];
    case "azure":
      return [
        `az storage blob list --account-name <account> --container-name ${word(bucket)} --include v --output table`,
        `az storage blob download --account-name <account> --container-name ${word(bucket)} --name <blob> --version-id <version> --file older.tfstate`,
        "terraform state push -force older.tfstate",
      ];
    case "terraform cloud":
      return [
        "# In the workspace, under States, an older one can be downloaded and made the current one; or from here:",
        "terraform state push -force older.tfstate",
      ];
  }
}
