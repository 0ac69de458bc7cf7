import { hasStandby } from "../../kubernetes/standby.ts";
import { type Shell, paragraphs, sh } from "../sh.ts";
import type { Bucket, OperatedEnvironment, Postgres, Store } from "./place.ts";
import { urlSecret } from "./place.ts";

// The second region takes over, one store a script: a person decides, and can stop between them.

export function failOverPostgresScript(environment: OperatedEnvironment, database: Store<Postgres>): Shell {
  return paragraphs(
    sh`
accept_loss=0
extra_options="
  --accept-loss         go on although the replica is behind, or nobody knows how far"
own_option() {
  [[ $1 == --accept-loss ]] && accept_loss=1
}
start "Makes the replica in the second region the database, and tells the services there. There is no way back: the old
primary becomes a replica only by being made anew." "$@"
second_region
`,
    environment.cloud === "aws" ? awsReplica : azureReplica,
    sh`
if [[ $replica == promoted ]]; then
  say "The database in $standby_region stands on its own already."
elif ((!accept_loss)); then
  # Nothing passes on silence: a lag that nobody knows is too large.
  [[ $lag =~ ^[0-9]+ ]] || fail "how far $replica is behind is not known; --accept-loss goes on"
  ((BASH_REMATCH[0] <= 5)) || fail "$replica is $lag seconds behind: what is not there yet would be lost; --accept-loss goes on"
fi
confirm "Make the database in $standby_region the one that $environment writes to?"
`,
    environment.cloud === "aws" ? awsPromotion : azurePromotion,
    sh`
url=$(read_secret ${urlSecret(database)} "$standby_region")
[[ $url =~ ^([^@]+@)[^:/?]+(.*)$ ]] || fail "the secret ${urlSecret(database)} in $standby_region holds no address"
if [[ $url == "\${BASH_REMATCH[1]}$address\${BASH_REMATCH[2]}" ]]; then
  say "The secret there has it already."
else
  write_secret ${urlSecret(database)} "$standby_region" < <(printf %s "\${BASH_REMATCH[1]}$address\${BASH_REMATCH[2]}")
  say "The secret there is told: $address"
fi
`,
    hasStandby(environment)
      ? sh`
need kubectl
use_cluster "$standby_region"
take_secrets
say "The services there know it."
`
      : undefined,
  );
}

const awsReplica = sh`
need aws
instances() {
  aws rds describe-db-instances --region "$standby_region" --output text \
    --query "DBInstances[?starts_with(DBInstanceIdentifier, '$name-')$1].DBInstanceIdentifier | [0]"
}
lag=""
instance=$(instances " && ReadReplicaSourceDBInstanceIdentifier!=null")
replica=$instance
if [[ $instance == None ]]; then
  instance=$(instances "")
  [[ $instance != None ]] || fail "there is no database of $name in $standby_region"
  replica=promoted
else
  lag=$(aws cloudwatch get-metric-statistics --region "$standby_region" --namespace AWS/RDS --metric-name ReplicaLag \
    --dimensions "Name=DBInstanceIdentifier,Value=$instance" --statistics Maximum --period 60 --output text \
    --start-time "$(date -u -d '-10 minutes' +%Y-%m-%dT%H:%M:%SZ)" --end-time "$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
    --query "sort_by(Datapoints, &Timestamp)[-1].Maximum")
fi
`;

const awsPromotion = sh`
if [[ $replica != promoted ]]; then
  run aws rds promote-read-replica --region "$standby_region" --db-instance-identifier "$instance"
fi
run aws rds wait db-instance-available --region "$standby_region" --db-instance-identifier "$instance"
address=$(aws rds describe-db-instances --region "$standby_region" --db-instance-identifier "$instance" --output text \
  --query "DBInstances[0].Endpoint.Address")
`;

const azureReplica = sh`
need az
servers() {
  az postgres flexible-server list --subscription "$subscription" --output tsv \
    --query "[?location=='$standby_region' && starts_with(name, '$name-')$1] | [0].name"
}
lag=""
instance=$(servers " && replicationRole=='AsyncReplica'")
replica=$instance
if [[ -z $instance ]]; then
  instance=$(servers "")
  [[ -n $instance ]] || fail "there is no database of $name in $standby_region"
  replica=promoted
else
  id=$(az postgres flexible-server list --subscription "$subscription" --output tsv --query "[?name=='$instance'] | [0].id")
  lag=$(az monitor metrics list --resource "$id" --metric physical_replication_delay_in_seconds --aggregation Maximum --interval PT1M \
    --output tsv --query "value[0].timeseries[0].data[-2].maximum")
fi
owner=$(az postgres flexible-server list --subscription "$subscription" --output tsv --query "[?name=='$instance'] | [0].resourceGroup")
`;

const azurePromotion = sh`
if [[ $replica != promoted ]]; then
  run az postgres flexible-server replica promote --subscription "$subscription" --resource-group "$owner" --name "$instance" \
    --promote-mode standalone --promote-option forced --yes --output none
fi
address=$(az postgres flexible-server show --subscription "$subscription" --resource-group "$owner" --name "$instance" \
  --output tsv --query fullyQualifiedDomainName)
`;

export function failOverMinioScript(minio: Store<Bucket>): Shell {
  const bucket = minio.of.bucket ?? minio.name;
  return paragraphs(
    sh`
accept_loss=0
extra_options="
  --accept-loss         go on although files are not in the second region yet, or nobody knows"
own_option() {
  [[ $1 == --accept-loss ]] && accept_loss=1
}
start "Makes the MinIO of the second region the one that is written to. It has the files already, but for the last ones: what the
old one still has comes over once it is back. Nothing goes the other way: before anybody returns there, the files are copied back." "$@"
second_region
need mc kubectl
`,
    sh`
# Each is asked in its own cluster: what is looked at is whether the second one has everything.
open_minio there "$standby_region" || fail "the MinIO in $standby_region cannot be reached"
mc ls "there/${bucket}" >/dev/null || fail "the MinIO in $standby_region does not answer"
if ((!accept_loss)); then
  open_minio live "$region" || fail "what is still missing there is not known; --accept-loss goes on"
  missing=$(mc diff "live/${bucket}" "there/${bucket}" | wc -l) || fail "what is still missing there is not known; --accept-loss goes on"
  ((missing == 0)) || fail "$missing files differ between the regions; --accept-loss goes on"
fi
`,
    sh`
confirm "Let $environment write to the MinIO in $standby_region?"
use_cluster "$standby_region"
take_secrets
`,
  );
}
