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
  trap 'rm -f "$KUBECONFIG"' EXIT
  aws eks update-kubeconfig --region "$1" --name "$there" >&2
}

# backups_bucket: names of buckets are the whole world's, so the account's number is in it.
backups_bucket() {
  if [[ -n ${USE_BACKUPS:-} ]]; then printf %s "$USE_BACKUPS"; return; fi
  printf '%s-%s' "$backups" "$(aws sts get-caller-identity --region "$region" --query Account --output text)"
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

# minio_in <region>: its address, with who asks, as mc takes it from the environment.
minio_in() {
  local address access secret
  address=$(read_secret minio-url "$1")
  access=$(read_secret minio-access-key "$1")
  secret=$(read_secret minio-secret-key "$1")
  printf '%s://%s:%s@%s' "${address%%://*}" "$access" "$secret" "${address#*://}"
}
