#!/usr/bin/env bash
# Written by Gantry from the spec: change that, and run `gantry synth`.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib.sh"

target=""
saved=""
extra_options="
  --to=PLACE            the region to send it to, or addresses with commas between them
  --back=FILE           what an earlier run saved: the names go back to where they pointed"
own_option() {
  case $1 in
    --to=*) target=${1#*=} ;;
    --back=*) saved=${1#*=} ;;
    *) return 1 ;;
  esac
}
start 'Sends the traffic of production to another region, and back. The services there run before.' "$@"
[[ $target =~ ^[A-Za-z0-9.,-]+$ || -r $saved ]] || fail "say where to: --to or --back" 2
hosts=(app.governance.example)

need aws
# Route 53 is the same in all regions; the command line wants one named nevertheless.

# place_of <region or addresses>: the fixed addresses of the way into a region.
place_of() {
  local found=$1
  if [[ ! $1 =~ ^[0-9.,]+$ ]]; then
    found=$(aws ec2 describe-addresses --region "$1" --output text \
      --filters "Name=tag:Name,Values=$name-ingress-*,$name-standby-ingress-*" --query "Addresses[].PublicIp")
    [[ -n $found ]] || fail "nothing leads into $1: there are no addresses of $name"
  fi
  tr -s ',\t\n' '\n' <<<"$found" | sort | paste -sd,
}

# zone_of <host>: the public zone with the longest name that the host ends in.
zone_of() {
  local id domain found="" length=0
  while read -r id domain; do
    if [[ "$1." == "$domain" || "$1." == *".$domain" ]] && ((${#domain} > length)); then
      found=${id#/hostedzone/} length=${#domain}
    fi
  done < <(aws route53 list-hosted-zones --region "$region" --output text --query "HostedZones[?!(Config.PrivateZone)].[Id, Name]")
  [[ -n $found ]] || fail "no zone holds $1"
  printf %s "$found"
}

# place_now <zone> <host>
place_now() {
  local found
  found=$(aws route53 list-resource-record-sets --region "$region" --hosted-zone-id "$1" --output text \
    --query "ResourceRecordSets[?Name=='$2.' && Type=='A'].ResourceRecords[].Value")
  [[ -n $found ]] || fail "$2 has no addresses in Route 53"
  tr -s '\t\n' '\n' <<<"$found" | sort | paste -sd,
}

# move <zone> <host> <place>
move() {
  local values
  # shellcheck disable=SC2086 # one word for each address
  values=$(printf '{"Value":"%s"},' ${3//,/ })
  run aws route53 change-resource-record-sets --region "$region" --hosted-zone-id "$1" --change-batch \
    '{"Changes":[{"Action":"UPSERT","ResourceRecordSet":{"Name":"'"$2"'.","Type":"A","TTL":60,"ResourceRecords":['"${values%,}"']}}]}'
}

changes=()
before=()
if [[ -n $target ]]; then
  wanted=$(place_of "$target")
  for host in "${hosts[@]}"; do
    zone=$(zone_of "$host")
    now=$(place_now "$zone" "$host")
    if [[ $now == "$wanted" ]]; then
      say "  = $host points there already"
    else
      say "  $host: $now to $wanted"
      changes+=("$zone $host $wanted")
      before+=("$zone $host $now")
    fi
  done
else
  mapfile -t changes <"$saved"
  printf '  %s\n' "${changes[@]}" >&2
fi
if ((${#changes[@]} == 0)); then
  say "Nothing to move."
  exit 0
fi

confirm "Move the names of $environment?"
if ((${#before[@]})) && ((!dry_run)); then
  saved="cut-over-$environment-$(date -u +%Y%m%d%H%M%S).txt"
  printf '%s\n' "${before[@]}" >"$saved"
  say "To go back: $0 --environment=$environment --back=$saved"
fi
for change in "${changes[@]}"; do
  read -r zone host place <<<"$change"
  move "$zone" "$host" "$place"
done
