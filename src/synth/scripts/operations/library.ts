import { hasStandby } from "../../kubernetes/standby.ts";
import type { Subject } from "../../subject.ts";
import { shortName } from "../../names.ts";
import { type Shell, paragraphs, sh, shell } from "../sh.ts";
import { confirming, speaking } from "../speaking.ts";
import { type OperatedEnvironment, baseName, dumpsOf, minioKeys, minioOf, operated, settings, urlSecret } from "./place.ts";

/** What the scripts for deploying, backing up and failing over share. */
export function operationsLibrary(subject: Subject, live: OperatedEnvironment): Shell {
  const minio = minioOf(live);
  const environments = operated(subject);
  const azure = environments.some(({ cloud }) => cloud === "azure");
  return paragraphs(
    sh`
# shellcheck shell=bash disable=SC2034
# Shared by the scripts of this folder and of the backups, which source it.
`,
    speaking,
    confirming,
    choosing(subject, environments),
    starting,
    azure ? azureCalls : awsCalls,
    hasStandby(live) ? secretsTaken : undefined,
    database,
    minio && minioAt(live, urlSecret(minio)),
  );
}

/** The same account may be reached under several names: whoever runs a script says how, in the tool's own way. */
function choosing(subject: Subject, environments: readonly OperatedEnvironment[]): Shell {
  const cases = environments.map((one) =>
    sh`
    ${one.environment})
${settings(valuesOf(subject, one))}
      ;;
`.shell.trimEnd(),
  );
  return sh`
environments=(${shell(environments.map(({ environment }) => sh`${environment}`.shell).join(" "))})

# choose <environment>: what it is called in the cloud. Another name may be given from outside: USE_CLUSTER=…
choose() {
  case $1 in
${shell(cases.join("\n"))}
    *) fail "--environment is one of: \${environments[*]}" 2 ;;
  esac
}
`;
}

function valuesOf(subject: Subject, environment: OperatedEnvironment): Readonly<Record<string, string>> {
  const base = baseName(subject, environment);
  const region = environment.region ?? "";
  const standby = environment.standby?.region ?? "";
  const common = {
    name: base,
    region,
    standby_region: standby,
    cluster: environment.cluster?.name ?? base,
    namespace: subject.name,
    backups: dumpsOf(subject, environment),
  };
  if (environment.cloud === "aws") return common;
  return {
    ...common,
    group: `${base}-${region}`,
    standby_group: standby === "" ? "" : `${base}-${standby}`,
    vault: shortName(`${base}-${region}`, 24),
    standby_vault: standby === "" ? "" : shortName(`${base}-${standby}`, 24),
    subscription: environment.subscription,
  };
}

const starting = sh`
# later <command>: is done when the script ends, whatever ends it; what came last is done first.
at_end=()
later() { at_end=("$1" "\${at_end[@]}"); }
finish() {
  ended=$?
  local one
  for one in "\${at_end[@]}"; do eval "$one"; done
}
trap finish EXIT

environment=""
assume_yes=0
dry_run=0
extra_options=""

# A script may take options of its own: it defines this again, and answers 0 for those it knows.
own_option() { return 1; }

# start <what the script is about> <its arguments>
start() {
  local about=$1
  shift
  while (($#)); do
    case $1 in
      --environment=*) environment=\${1#*=} ;;
      --yes) assume_yes=1 ;;
      --dry-run) dry_run=1 ;;
      --help)
        cat <<TEXT
$about

usage: $(basename "$0") --environment=NAME [options]

  --environment=NAME    one of: \${environments[*]}$extra_options
  --yes                 do not ask before acting
  --dry-run             look, say what would be done, and do nothing
  --help                this text
TEXT
        exit 0
        ;;
      *) own_option "$1" || fail "unknown argument: $1 (--help says which there are)" 2 ;;
    esac
    shift
  done
  choose "$environment"
}

# A script that needs a second region says so.
second_region() {
  [[ -n $standby_region ]] || fail "$environment has no second region" 2
}

need() {
  local tool
  for tool in "$@"; do command -v "$tool" >/dev/null || fail "$tool is not installed" 2; done
}

# run <command>: changes something: says what, and does it unless this is a dry run.
run() {
  say "  \${green}+\${plain} $(printf '%q ' "$@")"
  ((dry_run)) || "$@" >&2
}

# verdict <pass, fail or inconclusive> <about>: what is not known has not passed.
worst=0
verdict() {
  local colour=$green
  [[ $1 == pass ]] || worst=1
  [[ $1 == fail ]] && colour=$red
  [[ $1 == inconclusive ]] && colour=$yellow
  printf '%s%-13s%s%s\n' "$colour" "$1" "$plain" "$2"
}
`;

const awsCalls = sh`
# read_secret <name> <region>
read_secret() { aws secretsmanager get-secret-value --region "$2" --secret-id "$1" --query SecretString --output text; }

# write_secret <name> <region>: takes the value from standard input, so that it stands in no list of processes.
write_secret() {
  local primary
  ((dry_run)) && return
  primary=$(aws secretsmanager describe-secret --region "$2" --secret-id "$1" --query PrimaryRegion --output text)
  # A copy of another region's secret cannot be written: it becomes one of its own.
  if [[ $primary != None && $primary != "$2" ]]; then
    aws secretsmanager stop-replication-to-replica --region "$2" --secret-id "$1" >/dev/null
  fi
  aws secretsmanager put-secret-value --region "$2" --secret-id "$1" --secret-string file:///dev/stdin >/dev/null
}

# use_cluster <region>: for this run only, whatever the caller's own configuration is.
use_cluster() {
  local there=$cluster
  if [[ $1 == "$standby_region" ]]; then there+=-standby; fi
  KUBECONFIG=$(mktemp)
  export KUBECONFIG
  later "rm -f '$KUBECONFIG'"
  aws eks update-kubeconfig --region "$1" --name "$there" >&2
}

# backups_bucket: names of buckets are the whole world's, so the account's number is in it.
backups_bucket() {
  if [[ -n \${USE_BACKUPS:-} ]]; then printf %s "$USE_BACKUPS"; return; fi
  printf '%s-%s' "$backups" "$(aws sts get-caller-identity --region "$region" --query Account --output text)"
}
`;

const azureCalls = sh`
# vault_in <region>
vault_in() { if [[ $1 == "$region" ]]; then printf %s "$vault"; else printf %s "$standby_vault"; fi; }

# read_secret <name> <region>
read_secret() { az keyvault secret show --vault-name "$(vault_in "$2")" --name "$1" --query value --output tsv; }

# write_secret <name> <region>: takes the value from standard input, so that it stands in no list of processes.
write_secret() {
  ((dry_run)) && return
  az keyvault secret set --vault-name "$(vault_in "$2")" --name "$1" --file /dev/stdin --output none
}

# use_cluster <region>: for this run only, whatever the caller's own configuration is.
use_cluster() {
  local here=$group
  [[ $1 == "$standby_region" ]] && here=$standby_group
  KUBECONFIG=$(mktemp)
  export KUBECONFIG
  later "rm -f '$KUBECONFIG'"
  az aks get-credentials --subscription "$subscription" --resource-group "$here" --name "$cluster" --file "$KUBECONFIG" >&2
}
`;

const database = sh`
# open_database <address>: hands it to Postgres' tools in parts and through the environment, where no list of processes shows it.
open_database() {
  local form='^postgres(ql)?://([^:@/]+)(:([^@/]*))?@([^:/?]+)(:([0-9]+))?/([^?]+)(.*[?&]sslmode=([a-z-]+))?'
  [[ $1 =~ $form ]] || fail "this is no address of the form postgresql://user:password@host:port/database"
  PGUSER=\${BASH_REMATCH[2]}
  PGPASSWORD=$(printf '%b' "\${BASH_REMATCH[4]//%/\\x}")
  PGHOST=\${BASH_REMATCH[5]}
  PGPORT=\${BASH_REMATCH[7]:-5432}
  PGDATABASE=\${BASH_REMATCH[8]}
  PGSSLMODE=\${BASH_REMATCH[10]:-require}
  export PGUSER PGPASSWORD PGHOST PGPORT PGDATABASE PGSSLMODE
}
`;

const secretsTaken = sh`
# take_secrets: External Secrets looks once an hour; now it looks at once. Services read what they are given when they start.
take_secrets() {
  local since late=""
  since=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  run kubectl --namespace="$namespace" annotate externalsecrets --all --overwrite "force-sync=$since"
  if ((!dry_run)); then
    for _ in {1..90}; do
      late=$(kubectl --namespace="$namespace" get externalsecrets --output=jsonpath='{range .items[*]}{.status.refreshTime}{"\n"}{end}' |
        awk -v since="$since" '$1 < since' | wc -l)
      ((late == 0)) && break
      sleep 2
    done
    ((late == 0)) || fail "$late secrets of the cluster are as they were: kubectl --namespace=$namespace describe externalsecrets"
  fi
  run kubectl --namespace="$namespace" rollout restart deployment
  run kubectl --namespace="$namespace" rollout status deployment --timeout=10m
}
`;

function minioAt(environment: OperatedEnvironment, address: string): Shell {
  const keys = minioKeys(environment);
  const login =
    keys === undefined
      ? sh`
  login=$(read_secret ${address} "$2") || return
  login=\${login#*://}
  login=\${login%@*}
`
      : sh`
  login=$(read_secret ${keys.access} "$2"):$(read_secret ${keys.secret} "$2") || return
`;
  return sh`
# open_minio <alias> <region>: the MinIO of a region, as an alias of mc. Its address is known in its own cluster only, where both
# regions have the same: it is come to by way of the cluster, and believed by the authority that it was made with.
own_mc=""
open_minio() {
  local login said port=""
  if [[ -z $own_mc ]]; then
    own_mc=$(mktemp -d)
    later "rm -rf '$own_mc'"
    # Aliases of the caller's own stay.
    if [[ -r \${MC_CONFIG_DIR:-$HOME/.mc}/config.json ]]; then cp "\${MC_CONFIG_DIR:-$HOME/.mc}/config.json" "$own_mc"; fi
    mkdir -p "$own_mc/certs/CAs"
    export MC_CONFIG_DIR=$own_mc
  fi
  use_cluster "$2" || return
  said=$(mktemp)
  later "rm -f '$said'"
  kubectl --namespace=minio port-forward service/minio :9000 >"$said" 2>&1 &
  later "kill $! 2>/dev/null || true"
  for _ in {1..100}; do
    port=$(sed -n 's/^Forwarding from 127.0.0.1:\([0-9]*\) .*/\1/p' "$said")
    [[ -z $port ]] || break
    kill -0 $! 2>/dev/null || break
    sleep 0.1
  done
  if [[ -z $port ]]; then
    say "the MinIO in $2 cannot be reached: $(<"$said")"
    return 1
  fi
  kubectl --namespace=minio get secret minio-tls --output=jsonpath='{.data.ca\.crt}' | base64 --decode >"$own_mc/certs/CAs/$1.crt" || return
${login}
  export "MC_HOST_$1=https://$login@localhost:$port"
}
`;
}
