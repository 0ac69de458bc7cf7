#!/usr/bin/env bash
# Written by Gantry from the spec: change that, and run `gantry synth`.

# Sends the traffic of prod to its standby in us-east1, or back: only names are moved. The database is restored and the
# services run there before. Run it again at any time: what points to the right place already is left alone.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }

# fail <message> [status]: 1 for a no, 2 for a wrong argument, 3 for what is there already, 4 for what is not allowed.
fail() {
  say "error: $1"
  exit "${2:-1}"
}

# confirm <question>: goes on after a yes.
confirm() {
  ((assume_yes || dry_run)) && return
  [[ -t 0 ]] || fail "nobody is there to ask: say --yes" 2
  local answer
  read -r -p "$1 [y/N] " answer
  [[ $answer == [yY] || $answer == [yY][eE][sS] ]] || fail "stopped, nothing was done"
}

place=standby
project=bytereview-prod
unchecked=0
assume_yes=0
dry_run=0
usage() {
  cat <<'TEXT'
usage: dns-cut-over.sh [options]

  --to=PLACE         standby or primary (default: standby)
  --project=PROJECT  the project that both regions are in
  --unchecked        do not look whether the services there are ready
  --yes              do not ask before acting
  --dry-run          look, say what would be done, and do nothing
  --help             this text
TEXT
}
while (($#)); do
  case $1 in
    --to=*) place=${1#*=} ;;
    --project=*) project=${1#*=} ;;
    --unchecked) unchecked=1 ;;
    --yes) assume_yes=1 ;;
    --dry-run) dry_run=1 ;;
    --help)
      usage
      exit 0
      ;;
    *) fail "unknown argument: $1 (--help says which there are)" 2 ;;
  esac
  shift
done

command -v gcloud >/dev/null || fail "gcloud is not installed" 2

case $place in
  primary) region=us-central1 balancer=bytereview ;;
  standby) region=us-east1 balancer=bytereview-standby ;;
  *) fail "--to is standby or primary, not $place" 2 ;;
esac
[[ -n $project ]] || fail "say which project: --project" 2
hosts=(
  app.bytereview.ai
  api.bytereview.ai
)
services=(
  frontend
  api
)
cloud() { gcloud "$@" --project="$project" --quiet; }

# Nobody is sent to where nobody answers.
if ((!unchecked)); then
  for service in "${services[@]}"; do
    ready=$(cloud run services describe "$service" --region="$region" --format="value(status.conditions[0].status)")
    [[ $ready == True ]] || fail "$service is not ready in $region"
  done
fi
address=$(cloud compute addresses describe "$balancer" --global --format="value(address)")

# zone_of <host>: the zone with the longest name that the host ends in.
zone_of() {
  local zone domain found="" length=0
  while IFS=$'\t' read -r zone domain; do
    if [[ "$1." == "$domain" || "$1." == *".$domain" ]] && ((${#domain} > length)); then
      found=$zone length=${#domain}
    fi
  done < <(cloud dns managed-zones list --format="value(name,dnsName)")
  [[ -n $found ]] || fail "no zone of $project holds $1"
  printf %s "$found"
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
changes=""
longest=0
for host in "${hosts[@]}"; do
  zone=$(zone_of "$host")
  IFS=$'\t' read -r now ttl < <(cloud dns record-sets describe "$host." --zone="$zone" --type=A --format="value(rrdatas[0],ttl)")
  if [[ $now == "$address" ]]; then
    say "  = $host is at $address already"
  else
    say "  $host: $now to $address"
    changes+="$zone $host $now $ttl"$'\n'
    if ((ttl > longest)); then longest=$ttl; fi
  fi
done
if [[ -z $changes ]]; then
  say "Nothing to move."
  exit 0
fi

confirm "Send this traffic to $place in $region?"
if ((dry_run)); then exit 0; fi
while read -r zone host now ttl; do
  [[ -n $zone ]] || continue
  transaction="$folder/$zone.yaml"
  [[ -e $transaction ]] || cloud dns record-sets transaction start --zone="$zone" --transaction-file="$transaction"
  cloud dns record-sets transaction remove "$now" --name="$host." --ttl="$ttl" --type=A --zone="$zone" --transaction-file="$transaction"
  cloud dns record-sets transaction add "$address" --name="$host." --ttl="$ttl" --type=A --zone="$zone" --transaction-file="$transaction"
done <<<"$changes"
# All names of a zone move at once, or none does.
for transaction in "$folder"/*.yaml; do
  cloud dns record-sets transaction execute --zone="$(basename "$transaction" .yaml)" --transaction-file="$transaction"
done
say "Moved. Resolvers follow within $longest seconds. Until it is moved back, do not apply the primary's Terraform: it would move the names."
