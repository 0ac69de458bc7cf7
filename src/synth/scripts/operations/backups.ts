import { durationMs } from "../../../lib/quantities.ts";
import type { File } from "../../file.ts";
import type { Subject } from "../../subject.ts";
import { type Shell, paragraphs, sh, shell } from "../sh.ts";
import type { Bucket, OperatedEnvironment, Postgres, Store } from "./place.ts";
import { tellingBackups } from "./told-backups.ts";
import { dumpsOf, operated, urlSecret } from "./place.ts";

// Copies of what cannot be made again, how long they are kept, and the proof that they can be used.

const days = (duration: string): number => Math.max(1, Math.round(durationMs(duration) / 86_400_000));

/** How long what is kept, as the stores themselves take it. */
export function retentionFiles(
  folder: string,
  subject: Subject,
  database: Store<Postgres> | undefined,
  minio: Store<Bucket> | undefined,
): readonly File[] {
  const file = (name: string, content: object): File => ({
    path: `${folder}/${name}`,
    text: `${JSON.stringify(content, null, 2)}\n`,
  });
  return [
    ...(database?.of.backup?.keep === undefined || operated(subject).some(({ cloud }) => cloud === "aws")
      ? []
      : [file("retention-dumps.json", dumpsRule(subject, days(database.of.backup.keep)))]),
    ...(minio?.of.versions === undefined
      ? []
      : [
          file(`retention-${minio.name}.json`, {
            Rules: [
              {
                ID: "versions",
                Status: "Enabled",
                Filter: { Prefix: "" },
                NoncurrentVersionExpiration: { NoncurrentDays: days(minio.of.versions) },
              },
            ],
          }),
        ]),
  ];
}

function dumpsRule(subject: Subject, keepDays: number): object {
  const environments = operated(subject);
  return {
    rules: [
      {
        enabled: true,
        name: "dumps",
        type: "Lifecycle",
        definition: {
          actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: keepDays } } },
          filters: {
            blobTypes: ["blockBlob"],
            prefixMatch: environments.map((one) => `${dumpsOf(subject, one)}/postgres/`),
          },
        },
      },
    ],
  };
}

export function backUpScript(
  subject: Subject,
  environment: OperatedEnvironment,
  database: Store<Postgres> | undefined,
  minio: Store<Bucket> | undefined,
): Shell {
  const aws = environment.cloud === "aws";
  return paragraphs(
    sh`
start "Backs up the database and the files, beside what the cloud itself keeps: a copy that outlives a deleted instance. It has
to run where both can be reached." "$@"
confirm "Back up $environment?"
stamp=$(date -u +%Y-%m-%dT%H%M%SZ)
folder=$(mktemp -d)
later "rm -rf '$folder'"
`,
    tellingBackups(
      subject,
      [database, minio].flatMap((one) => (one === undefined ? [] : [one.name])),
    ),
    database === undefined
      ? undefined
      : sh`
need pg_dump pg_restore ${shell(aws ? "aws" : "az")}
open_database "$(read_secret ${urlSecret(database)} "$region")"
step "Database $PGDATABASE"
# First a whole file, then the upload: a dump that breaks off on its way would look like a small one.
run pg_dump --format=custom --no-owner --no-privileges --file="$folder/dump"
run pg_restore --list --file="$folder/contents" "$folder/dump"
${aws ? awsUpload : azureUpload}
backed_up+=(${database.name})
`,
    minio === undefined
      ? undefined
      : sh`
need mc kubectl
step "Files"
open_minio live "$region" || fail "the MinIO in $region cannot be reached"
# What was deleted there by mistake stays here, until the retention of the copy ends.
run mc mirror --overwrite --preserve live/${minio.of.bucket ?? minio.name} "\${USE_COPY:?an alias and a bucket of mc, as copy/backups}/${shell(minio.name)}"
backed_up+=(${minio.name})
`,
    sh`
((dry_run)) || say "Backed up $environment as $stamp."
`,
  );
}

const awsUpload = sh`
backups=$(backups_bucket)
run aws s3 cp --region "$region" "$folder/dump" "s3://$backups/postgres/$stamp.dump"
`;

const azureUpload = sh`
account=\${USE_ACCOUNT:?the storage account of the backups}
here=$(cd "$(dirname "\${BASH_SOURCE[0]}")" && pwd)
run az storage account management-policy create --subscription "$subscription" --resource-group "$group" --account-name "$account" \
  --policy "@$here/retention-dumps.json" --output none
run az storage blob upload --auth-mode login --account-name "$account" --container-name "$backups" \
  --name "postgres/$stamp.dump" --file "$folder/dump" --output none
`;

export function verifyBackupsScript(
  environment: OperatedEnvironment,
  database: Store<Postgres> | undefined,
  minio: Store<Bucket> | undefined,
): Shell {
  const newest =
    environment.cloud === "aws"
      ? sh`backups=$(backups_bucket)
newest=$(aws s3api list-objects-v2 --region "$region" --bucket "$backups" --prefix postgres/ --output text \
  --query "Contents[].[LastModified, Key]" | sort | tail -n 1)`
      : sh`newest=$(az storage blob list --auth-mode login --account-name "\${USE_ACCOUNT:?the storage account of the backups}" \
  --container-name "$backups" --prefix postgres/ --output tsv --query "[].[properties.lastModified, name]" | sort | tail -n 1)`;
  const fetch =
    environment.cloud === "aws"
      ? sh`aws s3 cp --region "$region" --only-show-errors "s3://$backups/$key" "$folder/dump"`
      : sh`az storage blob download --auth-mode login --account-name "$USE_ACCOUNT" --container-name "$backups" --name "$key" --file "$folder/dump" --output none`;
  const retention =
    minio?.of.versions === undefined
      ? undefined
      : sh`
# What retention-${shell(minio.name)}.json says has to be what MinIO does.
wanted=$(tr -d ' \n' <"$(dirname "\${BASH_SOURCE[0]}")/retention-${shell(minio.name)}.json" | grep -o '"NoncurrentDays":[0-9]*')
if ! rules=$(mc ilm rule export live/${minio.of.bucket ?? minio.name}); then
  verdict inconclusive "how long earlier versions are kept cannot be seen"
elif [[ $(tr -d ' \n' <<<"$rules") == *"$wanted"* ]]; then
  verdict pass "earlier versions are kept as long as they should be"
else
  verdict fail "earlier versions are not kept for ${shell(String(days(minio.of.versions)))} days"
fi
`;
  return paragraphs(
    sh`
most_hours=${hoursBetween(database?.of.backup?.dump)}
extra_options="
  --most-hours=HOURS    how old the newest dump may be"
own_option() {
  [[ $1 == --most-hours=* && \${1#*=} =~ ^[0-9]+$ ]] || return 1
  most_hours=\${1#*=}
}
start "Proves that the backups can be used: the newest dump is young, and is restored into a database of its own, which is
removed again. VERIFY_URL is the server for that, never the live one. A verdict each; 1 when one is no pass." "$@"
folder=$(mktemp -d)
later "rm -rf '$folder'"
`,
    database === undefined
      ? undefined
      : sh`
need psql pg_restore ${shell(environment.cloud)}
${newest}
read -r modified key <<<"$newest"
if [[ -z $key ]]; then
  verdict fail "there is no dump in $backups"
  exit 1
fi
age=$((($(date -u +%s) - $(date -u -d "$modified" +%s)) / 3600))
if ((age <= most_hours)); then
  verdict pass "the newest dump, $key, is $age hours old"
else
  verdict fail "the newest dump, $key, is $age hours old, more than $most_hours"
fi
`,
    database === undefined
      ? undefined
      : sh`
if [[ -z \${VERIFY_URL:-} ]]; then
  verdict inconclusive "nothing was restored: VERIFY_URL names no server"
elif ((dry_run)); then
  verdict inconclusive "nothing was restored: this is a dry run"
else
  open_database "$VERIFY_URL"
  ${fetch}
  scratch="verify_$(date -u +%s)_$$"
  psql --no-psqlrc --quiet --command="create database $scratch"
  later "psql --no-psqlrc --quiet --command='drop database if exists $scratch' || true"
  if pg_restore --exit-on-error --no-owner --no-privileges --dbname="$scratch" "$folder/dump"; then
    tables=$(psql --no-psqlrc --tuples-only --no-align --dbname="$scratch" \
      --command="select count(*) from pg_stat_user_tables")
    if ((tables > 0)); then
      verdict pass "$key was restored, with $tables tables"
    else
      verdict fail "$key was restored, and is empty"
    fi
  else
    verdict fail "$key cannot be restored"
  fi
fi
`,
    environment.cloud === "aws" && database !== undefined ? lifeOfDumps(database, minio) : undefined,
    minio === undefined || (minio.of.replicas ?? []).length === 0
      ? undefined
      : sh`
need mc kubectl
if ! open_minio live "$region" || ! open_minio there "$standby_region"; then
  verdict inconclusive "the files of the two regions cannot be compared"
elif difference=$(mc diff live/${minio.of.bucket ?? minio.name} there/${minio.of.bucket ?? minio.name}); then
  if [[ -z $difference ]]; then
    verdict pass "every file is in $standby_region too"
  else
    verdict fail "$(wc -l <<<"$difference") files differ between $region and $standby_region"
  fi
else
  verdict inconclusive "the files of the two regions cannot be compared"
fi
${retention === undefined ? shell("") : retention}
`,
    sh`
exit "$worst"
`,
  );
}

/** Terraform says how long they stay: as long as what is to be kept longest. */
function lifeOfDumps(database: Store<Postgres>, minio: Store<Bucket> | undefined): Shell {
  const kept = [database, minio].flatMap((one) => (one?.of.backup?.dump === undefined ? [] : [one.of.backup.keep ?? "30d"]));
  const wanted = Math.max(...kept.map(days));
  return sh`
kept=$(aws s3api get-bucket-lifecycle-configuration --region "$region" --bucket "$backups" --output text \
  --query "Rules[?Status=='Enabled'].Expiration.Days | [0]") || kept=""
case $kept in
  ${wanted}) verdict pass "dumps are kept for ${wanted} days" ;;
  "") verdict inconclusive "how long dumps are kept cannot be seen" ;;
  *) verdict fail "dumps are kept for $kept days, not for ${wanted}" ;;
esac
`;
}

/** A dump may be late by two hours. */
function hoursBetween(dump: string | undefined): number {
  return dump === "hourly" ? 3 : dump === "weekly" ? 170 : 26;
}
