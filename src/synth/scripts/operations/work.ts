import { imageOf } from "../../../spec/derive.ts";
import type { Subject } from "../../subject.ts";
import { type Shell, paragraphs, sh, shell } from "../sh.ts";
import { type OperatedEnvironment, type Postgres, type Store, urlSecret } from "./place.ts";

// What is done by hand where no pipeline does it: ship, migrate, tidy up.

export function deployScript(subject: Subject, environment: OperatedEnvironment): Shell {
  return paragraphs(
    sh`
version=""
extra_options="
  --version=VERSION     the images' tag: a commit or a release"
own_option() {
  [[ $1 == --version=* ]] || return 1
  version=\${1#*=}
}
start "Ships a version that the pipeline has built." "$@"
[[ $version =~ ^[A-Za-z0-9._-]+$ ]] || fail "say which version: --version" 2
`,
    subject.plain ? byKubernetes(environment) : byGantry,
  );
}

const byGantry = sh`
need npx
confirm "Ship $version to $environment?"
# Gantry keeps to the strategy and the gates of the spec.
run npx gantry release "$environment" --version "$version"
`;

function byKubernetes(environment: OperatedEnvironment): Shell {
  const built = Object.entries(environment.services).flatMap(([name, service]) => {
    const image = imageOf(name, service, environment.pipeline, environment);
    if (image === undefined || service.build === undefined) return [];
    const deployed = service.deployment?.name ?? name;
    return [
      {
        deployed,
        container: service.deployment?.container ?? name,
        image: image.replace("<sha>", ""),
        cron: service.kind === "cron",
      },
    ];
  });
  const deployments = built.filter(({ cron }) => !cron).map(({ deployed }) => deployed);
  return paragraphs(
    sh`
need kubectl
confirm "Ship $version to $environment?"
use_cluster "$region"
`,
    shell(
      built
        .map(({ deployed, container, image, cron }) =>
          sh`
run kubectl --namespace="$namespace" set image ${`${cron ? "cronjob" : "deployment"}/${deployed}`} "${shell(container)}=${shell(image)}$version"
`.shell.trimEnd(),
        )
        .join("\n"),
    ),
    sh`
# Old instances serve until new ones are ready. What does not get ready is taken back.
for name in ${shell(deployments.join(" "))}; do
  if ! run kubectl --namespace="$namespace" rollout status "deployment/$name" --timeout=10m; then
    for other in ${shell(deployments.join(" "))}; do run kubectl --namespace="$namespace" rollout undo "deployment/$other"; done
    fail "$name did not get ready; everything runs as before"
  fi
done
`,
  );
}

export function migrateScript(environment: OperatedEnvironment, database: Store<Postgres>): Shell {
  const { migrations } = database.of;
  const folder = migrations?.folder ?? ".";
  const contexts = Object.values(environment.services).flatMap(({ build }) =>
    build === undefined ? [] : [build.context ?? "."],
  );
  const home = contexts.find((one) => folder === one || folder.startsWith(`${one}/`)) ?? ".";
  return paragraphs(
    sh`
start "Migrates the database, after a snapshot of it. It has to run where the database can be reached." "$@"
confirm "Migrate the database of $environment?"
`,
    environment.cloud === "aws" ? awsSnapshot : azureSnapshot,
    sh`
DATABASE_URL=$(read_secret ${urlSecret(database)} "$region")
export DATABASE_URL
cd "$(git -C "$(dirname "\${BASH_SOURCE[0]}")" rev-parse --show-toplevel)/${shell(home)}"
run ${shell(migrations?.apply ?? "false")}
`,
  );
}

const awsSnapshot = sh`
need aws git
instance=$(aws rds describe-db-instances --region "$region" --output text \
  --query "DBInstances[?starts_with(DBInstanceIdentifier, '$name-') && ReadReplicaSourceDBInstanceIdentifier==null] | [0].DBInstanceIdentifier")
snapshot="$name-before-migration-$(date -u +%Y%m%d%H%M%S)"
run aws rds create-db-snapshot --region "$region" --db-instance-identifier "$instance" --db-snapshot-identifier "$snapshot"
run aws rds wait db-snapshot-available --region "$region" --db-snapshot-identifier "$snapshot"
`;

const azureSnapshot = sh`
need az git
server=$(az postgres flexible-server list --subscription "$subscription" --resource-group "$group" --output tsv \
  --query "[?replicationRole!='AsyncReplica'] | [0].name")
run az postgres flexible-server backup create --subscription "$subscription" --resource-group "$group" --name "$server" \
  --backup-name "before-migration-$(date -u +%Y%m%d%H%M%S)" --output none
`;

export function cleanUpScript({ cloud }: OperatedEnvironment): Shell {
  // Azure removes copies of a flexible server itself, when their time has come.
  const snapshots = cloud === "aws";
  return paragraphs(
    snapshots
      ? sh`
keep_days=30
extra_options="
  --keep-days=DAYS      how long snapshots from before migrations are kept (default: 30)"
own_option() {
  [[ $1 == --keep-days=* && \${1#*=} =~ ^[0-9]+$ ]] || return 1
  keep_days=\${1#*=}
}
`
      : undefined,
    sh`
start ${`Tidies up what work leaves behind: finished jobs${snapshots ? ", and snapshots from before migrations that nobody needs any more" : ""}. No service, no data and no regular backup is touched.`} "$@"
need kubectl ${cloud === "aws" ? "aws" : "az"}
confirm "Tidy up $environment?"
use_cluster "$region"
run kubectl --namespace="$namespace" delete jobs --field-selector=status.successful=1
run kubectl --namespace="$namespace" delete pods --field-selector=status.phase=Succeeded
`,
    snapshots ? oldSnapshots : undefined,
  );
}

const oldSnapshots = sh`
before=$(date -u -d "-$keep_days days" +%Y-%m-%dT%H:%M:%S 2>/dev/null || date -u -v "-\${keep_days}d" +%Y-%m-%dT%H:%M:%S)
old=$(aws rds describe-db-snapshots --region "$region" --snapshot-type manual --output text \
  --query "DBSnapshots[?starts_with(DBSnapshotIdentifier, '$name-before-migration-') && SnapshotCreateTime<'$before'].DBSnapshotIdentifier")
for snapshot in $old; do
  run aws rds delete-db-snapshot --region "$region" --db-snapshot-identifier "$snapshot"
done
`;
