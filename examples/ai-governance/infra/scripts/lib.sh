# Written by Gantry from the spec: change that, and run `gantry synth`.

# shellcheck shell=bash disable=SC2034
# Shared by the scripts of this folder and of the backups, which source it.

if [[ -t 2 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
  bold=$'\e[1m' green=$'\e[32m' yellow=$'\e[33m' red=$'\e[31m' plain=$'\e[0m'
else
  bold="" green="" yellow="" red="" plain=""
fi

say() { printf '%s\n' "$*" >&2; }
step() { say "${bold}$*${plain}"; }
note() { say "  ${yellow}note${plain}  $*"; }

# fail <message> [status]: 1 for a no, 2 for a wrong argument or setting.
fail() {
  say "${red}error:${plain} $1"
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

environments=(staging production)

# choose <environment>: what it is called in the cloud. Another name may be given from outside: USE_CLUSTER=…
choose() {
  case $1 in
    staging)
      name=${USE_NAME:-ai-governance-staging}
      region=${USE_REGION:-eu-central-1}
      standby_region=${USE_STANDBY_REGION:-}
      cluster=${USE_CLUSTER:-ai-governance-staging}
      namespace=${USE_NAMESPACE:-ai-governance}
      backups=${USE_BACKUPS:-ai-governance-staging-backups}
      ;;
    production)
      name=${USE_NAME:-ai-governance-production}
      region=${USE_REGION:-eu-central-1}
      standby_region=${USE_STANDBY_REGION:-eu-west-1}
      cluster=${USE_CLUSTER:-ai-governance-production}
      namespace=${USE_NAMESPACE:-ai-governance}
      backups=${USE_BACKUPS:-ai-governance-production-backups}
      ;;
    *) fail "--environment is one of: ${environments[*]}" 2 ;;
  esac
}

# later <command>: is done when the script ends, whatever ends it; what came last is done first.
at_end=()
later() { at_end=("$1" "${at_end[@]}"); }
finish() {
  ended=$?
  local one
  for one in "${at_end[@]}"; do eval "$one"; done
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
      --environment=*) environment=${1#*=} ;;
      --yes) assume_yes=1 ;;
      --dry-run) dry_run=1 ;;
      --help)
        cat <<TEXT
$about

usage: $(basename "$0") --environment=NAME [options]

  --environment=NAME    one of: ${environments[*]}$extra_options
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
  say "  ${green}+${plain} $(printf '%q ' "$@")"
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
  if [[ -n ${USE_BACKUPS:-} ]]; then printf %s "$USE_BACKUPS"; return; fi
  printf '%s-%s' "$backups" "$(aws sts get-caller-identity --region "$region" --query Account --output text)"
}

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

# open_database <address>: hands it to Postgres' tools in parts and through the environment, where no list of processes shows it.
open_database() {
  local form='^postgres(ql)?://([^:@/]+)(:([^@/]*))?@([^:/?]+)(:([0-9]+))?/([^?]+)(.*[?&]sslmode=([a-z-]+))?'
  [[ $1 =~ $form ]] || fail "this is no address of the form postgresql://user:password@host:port/database"
  PGUSER=${BASH_REMATCH[2]}
  PGPASSWORD=$(printf '%b' "${BASH_REMATCH[4]//%/\\x}")
  PGHOST=${BASH_REMATCH[5]}
  PGPORT=${BASH_REMATCH[7]:-5432}
  PGDATABASE=${BASH_REMATCH[8]}
  PGSSLMODE=${BASH_REMATCH[10]:-require}
  export PGUSER PGPASSWORD PGHOST PGPORT PGDATABASE PGSSLMODE
}

# open_minio <alias> <region>: the MinIO of a region, as an alias of mc. Its address is known in its own cluster only, where both
# regions have the same: it is come to by way of the cluster, and believed by the authority that it was made with.
own_mc=""
open_minio() {
  local login said port=""
  if [[ -z $own_mc ]]; then
    own_mc=$(mktemp -d)
    later "rm -rf '$own_mc'"
    # Aliases of the caller's own stay.
    if [[ -r ${MC_CONFIG_DIR:-$HOME/.mc}/config.json ]]; then cp "${MC_CONFIG_DIR:-$HOME/.mc}/config.json" "$own_mc"; fi
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
  login=$(read_secret minio-access-key "$2"):$(read_secret minio-secret-key "$2") || return
  export "MC_HOST_$1=https://$login@localhost:$port"
}
