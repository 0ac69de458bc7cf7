#!/usr/bin/env bash
# Written by Gantry from the spec: change that, and run `gantry synth`.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib.sh"

target=""
saved=""
extra_options="
  --to=BALANCER         the load balancer there: 'its DNS name'
  --back=FILE           what an earlier run saved: the names go back to where they pointed"
own_option() {
  case $1 in
    --to=*) target=${1#*=} ;;
    --back=*) saved=${1#*=} ;;
    *) return 1 ;;
  esac
}
start 'Sends the traffic of production to another load balancer, and back. The services there run before.' "$@"
[[ $target =~ ^[A-Za-z0-9.-]+$ || -r $saved ]] || fail "say where to: --to or --back" 2
hosts=(app.governance.example)

need aws
# Route 53 is the same in all regions; the command line wants one named nevertheless.

# place_of <DNS name>: the load balancer's zone and name, as an alias wants them.
place_of() {
  local here zone
  for here in "$standby_region" "$region"; do
    zone=$(aws elbv2 describe-load-balancers --region "$here" --output text \
      --query "LoadBalancers[?DNSName=='$1'].CanonicalHostedZoneId | [0]")
    if [[ $zone != None ]]; then
      printf '%s %s' "$zone" "$1"
      return
    fi
  done
  fail "no load balancer is called $1, neither in $standby_region nor in $region"
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
  local zone name
  read -r zone name < <(aws route53 list-resource-record-sets --region "$region" --hosted-zone-id "$1" --output text \
    --query "ResourceRecordSets[?Name=='$2.' && Type=='A'] | [0].AliasTarget.[HostedZoneId, DNSName]")
  [[ ${zone:-None} != None ]] || fail "$2 is no alias of a load balancer"
  name=${name%.}
  printf '%s %s' "$zone" "${name#dualstack.}"
}

# move <zone> <host> <place>
move() {
  local zone name change
  read -r zone name <<<"$3"
  change='{"Changes":[{"Action":"UPSERT","ResourceRecordSet":{"Name":"%s.","Type":"A","AliasTarget":{"HostedZoneId":"%s","DNSName":"%s","EvaluateTargetHealth":false}}}]}'
  # shellcheck disable=SC2059 # the format is the one above
  run aws route53 change-resource-record-sets --region "$region" --hosted-zone-id "$1" --change-batch "$(printf "$change" "$2" "$zone" "$name")"
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
say "Until they are moved back, do not apply Terraform to the first region: it would move them."
