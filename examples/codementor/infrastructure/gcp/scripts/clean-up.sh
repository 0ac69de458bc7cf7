#!/usr/bin/env bash
# Written by Gantry from the spec: change that, and run `gantry synth`.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

extra_usage=" [--confirm PROJECT] [--with-project]"
extra_options="
      --confirm=PROJECT   in production, --yes is not enough: the project has to be named
      --with-project      remove the project itself too; Google keeps it for 30 days"
confirmed=""
with_project=0
own_argument() {
  case $1 in
    --confirm=*) confirmed=${1#--confirm=} ;;
    --with-project) with_project=1 ;;
    *) return 1 ;;
  esac
}

start "Clean-up: removes everything that the scripts of this folder made, with all data in it." "$@"
if [[ $PRODUCTION == yes ]] && ((!dry_run)) && [[ $confirmed != "$PROJECT_ID" ]]; then
  [[ -t 0 ]] || fail "this is production: say --confirm=$PROJECT_ID" 2
  read -r -p "All data of production will be lost. The project's id, to confirm: " confirmed
  [[ $confirmed == "$PROJECT_ID" ]] || fail "stopped, nothing was done"
fi
confirm "Remove everything of $PROJECT_ID, with all data?"

# remove <what> <look> -- <removal>
remove() {
  local what=$1 question=()
  shift
  while [[ $1 != -- ]]; do
    question+=("$1")
    shift
  done
  shift
  exists "${question[@]}" || return 0
  step "$what"
  run "$@"
}

# remove_listed <what> <filter> <group>: what gets its name from Google is found by ours.
remove_listed() {
  local what=$1 filter=$2 list="list" name
  shift 2
  [[ $* == "monitoring uptime" ]] && list="list-configs"
  while IFS= read -r name; do
    [[ -n $name ]] || continue
    step "$what"
    run "$@" delete "$name" </dev/null
  done < <(look "$@" "$list" --filter="$filter" --format="value(name)")
}

# withdraw <member>: an account that is removed would leave its rights behind.
withdraw() {
  local role
  while IFS= read -r role; do
    [[ -n $role ]] || continue
    run projects remove-iam-policy-binding "$PROJECT_ID" --member="$1" --role="$role" --condition=None </dev/null
  done < <(look projects get-iam-policy "$PROJECT_ID" --flatten="bindings[].members" \
    --filter="$(is bindings.members "$1")" --format="value(bindings.role)")
}

for file in "$scripts"/../monitoring/dashboards/*.json; do
  name=$(display_name "$file")
  remove_listed "dashboard $name" "displayName=\"$name\"" monitoring dashboards
done
for file in "$scripts"/../monitoring/alerts/*.json; do
  name=$(display_name "$file")
  remove_listed "policy $name" "displayName=\"$name\"" alpha monitoring policies
done
remove_listed 'check backend answers' "$(is displayName 'backend answers')" monitoring uptime
remove_listed "channel $ALERT_EMAIL" "$(is labels.email_address "$ALERT_EMAIL")" beta monitoring channels

remove "trigger $PROJECT_NAME" builds triggers list --region="$REGION" --filter="$(is name "$PROJECT_NAME")" -- \
  builds triggers delete "$PROJECT_NAME" --region="$REGION"

if [[ -n $HOST ]]; then
  remove "forwarding rule $BALANCER" compute forwarding-rules describe "$BALANCER" --global -- \
    compute forwarding-rules delete "$BALANCER" --global
  remove "proxy $BALANCER" compute target-https-proxies describe "$BALANCER" --global -- \
    compute target-https-proxies delete "$BALANCER" --global
  remove "TLS policy $BALANCER" compute ssl-policies describe "$BALANCER" --global -- \
    compute ssl-policies delete "$BALANCER" --global
  remove "certificate $BALANCER" compute ssl-certificates describe "$BALANCER" --global -- \
    compute ssl-certificates delete "$BALANCER" --global
  remove "map $BALANCER" compute url-maps describe "$BALANCER" --global -- compute url-maps delete "$BALANCER" --global
  remove "back end $BALANCER" compute backend-services describe "$BALANCER" --global -- \
    compute backend-services delete "$BALANCER" --global
  remove "endpoint group $BALANCER" compute network-endpoint-groups describe "$BALANCER" --region="$REGION" -- \
    compute network-endpoint-groups delete "$BALANCER" --region="$REGION"
  remove "address $BALANCER" compute addresses describe "$BALANCER" --global -- \
    compute addresses delete "$BALANCER" --global
  remove "record $HOST" dns record-sets describe "$HOST." --zone="$DNS_ZONE" --type=A -- \
    dns record-sets delete "$HOST." --zone="$DNS_ZONE" --type=A
  note "the zone $DNS_ZONE stays: other names may stand in it"
fi

accounts=("$DEPLOYER")
remove 'service backend' run services describe backend --region="$REGION" --format="value(metadata.name)" -- \
  run services delete backend --region="$REGION"
accounts+=("$BACKEND_ACCOUNT")

if [[ -n $PROMOTES_FROM ]]; then
  source_project=$(setting_of "$PROMOTES_FROM" PROJECT_ID)
  source_images=$(setting_of "$PROMOTES_FROM" IMAGES)
  source_region=$(setting_of "$PROMOTES_FROM" REGION)
  member="serviceAccount:$DEPLOYER@$PROJECT_ID.iam.gserviceaccount.com"
  if exists projects list --filter="$(is projectId "$source_project")"; then
    PROJECT_ID=$source_project withdraw "$member"
    reads=$(PROJECT_ID=$source_project look artifacts repositories get-iam-policy "$source_images" --location="$source_region" \
      --flatten="bindings[].members" --filter="$(is bindings.members "$member")" --format="value(bindings.role)")
    if [[ -n $reads ]]; then
      PROJECT_ID=$source_project run artifacts repositories remove-iam-policy-binding "$source_images" \
        --location="$source_region" --member="$member" --role="$reads"
    fi
  fi
fi
for name in "${accounts[@]}"; do
  email="$name@$PROJECT_ID.iam.gserviceaccount.com"
  withdraw "serviceAccount:$email"
  remove "account $name" iam service-accounts describe "$email" -- iam service-accounts delete "$email"
done
remove "images $IMAGES" artifacts repositories describe "$IMAGES" --location="$REGION" -- \
  artifacts repositories delete "$IMAGES" --location="$REGION"
remove "connector $CONNECTOR" compute networks vpc-access connectors describe "$CONNECTOR" --region="$REGION" -- \
  compute networks vpc-access connectors delete "$CONNECTOR" --region="$REGION"

remove "cache $CACHE_INSTANCE" redis instances describe "$CACHE_INSTANCE" --region="$REGION" -- \
  redis instances delete "$CACHE_INSTANCE" --region="$REGION"
# Google keeps the name of a removed instance for a week: until then a new one needs another name.
if exists sql instances describe "$DB_INSTANCE"; then
  run sql instances patch "$DB_INSTANCE" --no-deletion-protection
fi
remove "database $DB_INSTANCE" sql instances describe "$DB_INSTANCE" -- sql instances delete "$DB_INSTANCE"
for name in "$DB_PASSWORD_SECRET" "$DB_URL_SECRET" "$CACHE_URL_SECRET" "$CACHE_CA_SECRET" $BUILD_SECRETS; do
  remove "secret $name" secrets describe "$name" -- secrets delete "$name"
done

# Google lets go of the peering some time after the last instance is gone: if this fails, run it again later.
remove "peering" services vpc-peerings list --network="$NETWORK" --format="value(reservedPeeringRanges)" -- \
  services vpc-peerings delete --network="$NETWORK" --service=servicenetworking.googleapis.com
remove "range $SERVICES_RANGE" compute addresses describe "$SERVICES_RANGE" --global -- \
  compute addresses delete "$SERVICES_RANGE" --global
remove "rule $NETWORK-internal" compute firewall-rules describe "$NETWORK-internal" -- \
  compute firewall-rules delete "$NETWORK-internal"
remove "subnet $SUBNET" compute networks subnets describe "$SUBNET" --region="$REGION" -- \
  compute networks subnets delete "$SUBNET" --region="$REGION"
remove "network $NETWORK" compute networks describe "$NETWORK" -- compute networks delete "$NETWORK"

if ((with_project)); then
  remove "project $PROJECT_ID" projects list --filter="$(is projectId "$PROJECT_ID") AND lifecycleState=ACTIVE" -- \
    projects delete "$PROJECT_ID"
fi
say "Nothing of it is left."
