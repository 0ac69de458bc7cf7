import { type Shell, paragraphs, sh } from "../sh.ts";
import type { OperatedEnvironment } from "./place.ts";

/** Sends the traffic of an environment elsewhere, and back: what the names pointed to is saved before they are moved. */
export function cutOverDnsScript({ cloud, environment, hosts }: OperatedEnvironment): Shell {
  const names = [...new Set(hosts.map(({ host }) => host.replace(/:\d+$/, "")))];
  return paragraphs(
    sh`
target=""
saved=""
extra_options="
${{ shell: cloud === "aws" ? "  --to=PLACE            the region to send it to, or addresses with commas between them" : "  --to=ADDRESS          the address of the load balancer there" }}
  --back=FILE           what an earlier run saved: the names go back to where they pointed"
own_option() {
  case $1 in
    --to=*) target=\${1#*=} ;;
    --back=*) saved=\${1#*=} ;;
    *) return 1 ;;
  esac
}
start ${`Sends the traffic of ${environment} to another region, and back. The services there run before.`} "$@"
[[ $target =~ ^[A-Za-z0-9.,-]+$ || -r $saved ]] || fail "say where to: --to or --back" 2
hosts=(${{ shell: names.map((one) => sh`${one}`.shell).join(" ") }})
`,
    cloud === "aws" ? route53 : azureDns,
    sh`
changes=()
before=()
if [[ -n $target ]]; then
  wanted=$(place_of "$target")
  for host in "\${hosts[@]}"; do
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
  printf '  %s\n' "\${changes[@]}" >&2
fi
if ((\${#changes[@]} == 0)); then
  say "Nothing to move."
  exit 0
fi
`,
    sh`
confirm "Move the names of $environment?"
if ((\${#before[@]})) && ((!dry_run)); then
  saved="cut-over-$environment-$(date -u +%Y%m%d%H%M%S).txt"
  printf '%s\n' "\${before[@]}" >"$saved"
  say "To go back: $0 --environment=$environment --back=$saved"
fi
for change in "\${changes[@]}"; do
  read -r zone host place <<<"$change"
  move "$zone" "$host" "$place"
done
${{ shell: cloud === "aws" ? "" : 'say "Until they are moved back, do not apply Terraform to the first region: it would move them."' }}
`,
  );
}

const route53 = sh`
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
    if [[ "$1." == "$domain" || "$1." == *".$domain" ]] && ((\${#domain} > length)); then
      found=\${id#/hostedzone/} length=\${#domain}
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
  values=$(printf '{"Value":"%s"},' \${3//,/ })
  run aws route53 change-resource-record-sets --region "$region" --hosted-zone-id "$1" --change-batch \
    '{"Changes":[{"Action":"UPSERT","ResourceRecordSet":{"Name":"'"$2"'.","Type":"A","TTL":60,"ResourceRecords":['"\${values%,}"']}}]}'
}
`;

const azureDns = sh`
need az
place_of() { printf %s "$1"; }

# zone_of <host>: the zone with the longest name that the host ends in.
zone_of() {
  local domain found=""
  while read -r domain; do
    if [[ $1 == "$domain" || $1 == *".$domain" ]] && ((\${#domain} > \${#found})); then found=$domain; fi
  done < <(az network dns zone list --subscription "$subscription" --query "[].name" --output tsv)
  [[ -n $found ]] || fail "no zone holds $1"
  printf %s "$found"
}

group_of() { az network dns zone list --subscription "$subscription" --query "[?name=='$1'] | [0].resourceGroup" --output tsv; }

# record <zone> <host>: the host without its zone.
record() { if [[ $2 == "$1" ]]; then printf @; else printf %s "\${2%".$1"}"; fi; }

# place_now <zone> <host>
place_now() {
  az network dns record-set a show --subscription "$subscription" --resource-group "$(group_of "$1")" --zone-name "$1" \
    --name "$(record "$1" "$2")" --query "ARecords[0].ipv4Address" --output tsv
}

# move <zone> <host> <place>: in one change, so that the name points somewhere at every moment.
move() {
  run az network dns record-set a update --subscription "$subscription" --resource-group "$(group_of "$1")" --zone-name "$1" \
    --name "$(record "$1" "$2")" --set "ARecords[0].ipv4Address=$3" --output none
}
`;
