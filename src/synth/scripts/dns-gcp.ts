import type { Environment } from "../../spec/environment.ts";
import { shortName } from "../names.ts";
import { sh } from "./sh.ts";
import { needing, standalone, words } from "./standalone.ts";

type Gcp = Extract<Environment, { cloud: "gcp" }>;

/** Moves the names of an environment between the load balancers of its two regions, in one change of the zone. */
export function dnsCutOverGcp(environment: Gcp, name: string): string {
  const { product, project, region = "us-central1", standby, hosts, services } = environment;
  const abroad = standby?.region ?? region;
  const served = [...new Set(hosts.map(({ service }) => services[service]?.deployment?.name ?? service))];
  return standalone(
    name,
    [
      `Sends the traffic of ${environment.environment} to its standby in ${abroad}, or back: only names are moved. The database is restored and the`,
      "services run there before. Run it again at any time: what points to the right place already is left alone.",
    ],
    [
      { flag: "--to", value: "PLACE", sets: "place", from: "standby", what: "standby or primary (default: standby)" },
      {
        flag: "--project",
        value: "PROJECT",
        sets: "project",
        from: /[<>]/.test(project) ? '""' : project,
        what: "the project that both regions are in",
      },
      { flag: "--unchecked", sets: "unchecked", what: "do not look whether the services there are ready" },
    ],
    [
      needing("gcloud"),
      sh`
case $place in
  primary) region=${region} balancer=${shortName(product, 40)} ;;
  standby) region=${abroad} balancer=${shortName(`${product}-standby`, 40)} ;;
  *) fail "--to is standby or primary, not $place" 2 ;;
esac
[[ -n $project ]] || fail "say which project: --project" 2
hosts=(
${words([...new Set(hosts.map(({ host }) => host.replace(/:\d+$/, "")))])}
)
services=(
${words(served)}
)
cloud() { gcloud "$@" --project="$project" --quiet; }
`,
      sh`
# Nobody is sent to where nobody answers.
if ((!unchecked)); then
  for service in "\${services[@]}"; do
    ready=$(cloud run services describe "$service" --region="$region" --format="value(status.conditions[0].status)")
    [[ $ready == True ]] || fail "$service is not ready in $region"
  done
fi
address=$(cloud compute addresses describe "$balancer" --global --format="value(address)")
`,
      sh`
# zone_of <host>: the zone with the longest name that the host ends in.
zone_of() {
  local zone domain found="" length=0
  while IFS=$'\t' read -r zone domain; do
    if [[ "$1." == "$domain" || "$1." == *".$domain" ]] && ((\${#domain} > length)); then
      found=$zone length=\${#domain}
    fi
  done < <(cloud dns managed-zones list --format="value(name,dnsName)")
  [[ -n $found ]] || fail "no zone of $project holds $1"
  printf %s "$found"
}
`,
      sh`
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
changes=""
longest=0
for host in "\${hosts[@]}"; do
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
`,
      sh`
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
`,
    ],
  );
}
