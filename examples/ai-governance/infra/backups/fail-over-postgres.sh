#!/usr/bin/env bash
# Written by Gantry from the spec: change that, and run `gantry synth`.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib.sh"

accept_loss=0
extra_options="
  --accept-loss         go on although the replica is behind, or nobody knows how far"
own_option() {
  [[ $1 == --accept-loss ]] && accept_loss=1
}
start "Makes the replica in the second region the database, and tells the services there. There is no way back: the old
primary becomes a replica only by being made anew." "$@"
second_region

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

if [[ $replica == promoted ]]; then
  say "The database in $standby_region stands on its own already."
elif ((!accept_loss)); then
  # Nothing passes on silence: a lag that nobody knows is too large.
  [[ $lag =~ ^[0-9]+ ]] || fail "how far $replica is behind is not known; --accept-loss goes on"
  ((BASH_REMATCH[0] <= 5)) || fail "$replica is $lag seconds behind: what is not there yet would be lost; --accept-loss goes on"
fi
confirm "Make the database in $standby_region the one that $environment writes to?"

if [[ $replica != promoted ]]; then
  run aws rds promote-read-replica --region "$standby_region" --db-instance-identifier "$instance"
fi
run aws rds wait db-instance-available --region "$standby_region" --db-instance-identifier "$instance"
address=$(aws rds describe-db-instances --region "$standby_region" --db-instance-identifier "$instance" --output text \
  --query "DBInstances[0].Endpoint.Address")

url=$(read_secret database-url "$standby_region")
[[ $url =~ ^([^@]+@)[^:/?]+(.*)$ ]] || fail "the secret database-url in $standby_region holds no address"
if [[ $url == "${BASH_REMATCH[1]}$address${BASH_REMATCH[2]}" ]]; then
  say "The secret there has it already."
else
  write_secret database-url "$standby_region" < <(printf %s "${BASH_REMATCH[1]}$address${BASH_REMATCH[2]}")
  say "The secret there is told: $address"
fi

need kubectl
use_cluster "$standby_region"
take_secrets
say "The services there know it."
