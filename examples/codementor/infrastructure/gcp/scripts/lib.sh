# Written by Gantry from the spec: change that, and run `gantry synth`.

# shellcheck shell=bash
# Shared by the scripts of this folder, which source it.

if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 404)); then
  echo "error: bash 4.4 or newer is needed (on a Mac: brew install bash)" >&2
  exit 2
fi

# A folder without files is an empty list, not a star.
shopt -s nullglob

scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
environment=""
assume_yes=0
dry_run=0
project_missing=0
made=0
kept=0

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

usage() {
  cat <<TEXT
$about

usage: $(basename "$0") [options]$extra_usage

  -e, --environment NAME  one of: ${ENVIRONMENTS// /, } (default: ${ENVIRONMENTS%% *})
  -y, --yes               do not ask before acting
      --dry-run           look, say what would be done, and do nothing
  -h, --help              this text$extra_options

Settings are read from ${settings_file#"$PWD"/}.
TEXT
}

extra_usage=""
extra_options=""

# A script may take arguments of its own: it defines this again, and answers 0 for those it knows.
own_argument() { return 1; }

# start <what the script is about> <its arguments>: arguments, settings, and the tools that are needed.
start() {
  about=$1
  shift
  read_setting_lines
  while (($#)); do
    case $1 in
      -e | --environment)
        (($# > 1)) || fail "$1 needs a name" 2
        environment=$2
        shift
        ;;
      --environment=*) environment=${1#*=} ;;
      -y | --yes) assume_yes=1 ;;
      --dry-run) dry_run=1 ;;
      -h | --help)
        usage
        exit 0
        ;;
      *) own_argument "$1" || fail "unknown argument: $1 (--help says which there are)" 2 ;;
    esac
    shift
  done
  environment=${environment:-${ENVIRONMENTS%% *}}
  [[ " $ENVIRONMENTS " == *" $environment "* ]] || fail "no environment is called $environment, only: $ENVIRONMENTS" 2
  choose_settings
  need PROJECT_ID "the project's id"
  complaints=$(mktemp)
  trap 'rm -f "$complaints"' EXIT
  command -v gcloud >/dev/null || fail "gcloud is not installed: https://cloud.google.com/sdk/docs/install" 2
  if ((dry_run)); then
    exists projects list --filter="$(is projectId "$PROJECT_ID")" || project_missing=1
  fi
}

# confirm <question>: goes on after a yes.
confirm() {
  ((assume_yes || dry_run)) && return
  [[ -t 0 ]] || fail "nobody is there to ask: say --yes" 2
  local answer
  read -r -p "$1 [y/N] " answer
  [[ $answer == [yY] || $answer == [yY][eE][sS] ]] || fail "stopped, nothing was done"
}

# The settings are read and never run: whatever stands in a value stays text.
declare -A setting_lines=()

read_setting_lines() {
  local line key value number=0
  [[ -r $settings_file ]] || fail "there are no settings at $settings_file" 2
  while IFS= read -r line || [[ -n $line ]]; do
    number=$((number + 1))
    line=${line%$'\r'}
    [[ $line =~ ^[[:space:]]*(#.*)?$ ]] && continue
    [[ $line =~ ^([A-Z][A-Z0-9_]*)=(.*)$ ]] || fail "$settings_file:$number: expected KEY=value" 2
    key=${BASH_REMATCH[1]} value=${BASH_REMATCH[2]}
    [[ $value =~ ^\"(.*)\"$ || $value =~ ^\'(.*)\'$ ]] && value=${BASH_REMATCH[1]}
    setting_lines[$key]=$value
  done <"$settings_file"
  ENVIRONMENTS=${setting_lines[ENVIRONMENTS]:-}
}

# An environment's own line goes before the one for all.
choose_settings() {
  local own=${environment^^} key value
  own=${own//[^A-Z0-9]/_}__
  for key in "${setting_names[@]}"; do
    value=${setting_lines[$own$key]-${setting_lines[$key]-}}
    [[ $value != -* ]] || fail "$key starts with a dash, which gcloud would take for an option: $value" 2
    case $key in
      # What the file leaves empty here may come from outside.
      PROJECT_ID | ORGANISATION_ID | BILLING_ACCOUNT | BUILD_*) value=${value:-${!key:-}} ;;
    esac
    printf -v "$key" %s "$value"
  done
  for key in "${!setting_lines[@]}"; do
    [[ " ENVIRONMENTS ${setting_names[*]} " == *" ${key#*__} "* ]] || fail "$settings_file: nothing reads the setting $key" 2
  done
}

# setting_of <environment> <setting>: that of another environment.
setting_of() {
  local own=${1^^}
  own=${own//[^A-Z0-9]/_}__
  printf %s "${setting_lines[$own$2]-${setting_lines[$2]-}}"
}

# need <setting> <what it is>: asks for a setting that is empty.
need() {
  [[ -n ${!1:-} ]] && return
  local answer=""
  if [[ -t 0 ]]; then
    read -r -p "$2 ($1): " answer
  fi
  [[ -n $answer && $answer != -* ]] || fail "$1 is empty: $2. Write it into $settings_file" 2
  printf -v "$1" %s "$answer"
  export "${1?}"
}

# Every call names its project, so that the defaults of whoever runs this play no part; and none waits for an answer.
cloud() {
  case $1 in
    projects | billing | config) gcloud "$@" --quiet ;;
    *) gcloud "$@" --project="$PROJECT_ID" --quiet ;;
  esac
}

# run <command>: changes something.
run() {
  say "  ${green}+${plain} gcloud $(printf '%q ' "$@")"
  ((dry_run)) && return
  cloud "$@" >&2
}

# look <command>: what a question answers. In a dry run the thing it asks about may not be there yet.
look() {
  if ((dry_run)); then
    ((project_missing)) || cloud "$@" 2>/dev/null || true
  else
    cloud "$@"
  fi
}

# exists <describe or list>: yes, no, or the script stops. Only a clear "not found" means no: whoever may not look at a
# thing would otherwise try to make it again.
exists() {
  ((project_missing)) && return 1
  local found format=(--format="value(name)")
  [[ " $* " == *" --format="* ]] && format=()
  if found=$(cloud "$@" "${format[@]}" 2>"$complaints"); then
    [[ -n $found ]]
    return
  fi
  is_missing && return 1
  fail "cannot look: gcloud $*
$(<"$complaints")"
}

# is_missing: does gcloud complain that there is no such thing? Its services have different words for it.
is_missing() {
  local words
  words=$(<"$complaints")
  case ${words,,} in
    *not_found* | *"not found"* | *"does not exist"* | *"cannot find"*) return 0 ;;
  esac
  return 1
}

# is <field> <value>: a filter for exactly this value.
is() {
  local value=${2//\\/\\\\}
  printf '%s="%s"' "$1" "${value//\"/\\\"}"
}

keep() {
  kept=$((kept + 1))
  say "  = $1"
}

# ensure <what> <look> -- <make>: makes what is missing and leaves alone what is there.
ensure() {
  local what=$1 question=()
  shift
  while [[ $1 != -- ]]; do
    question+=("$1")
    shift
  done
  shift
  if exists "${question[@]}"; then
    keep "$what"
  else
    made=$((made + 1))
    run "$@"
  fi
}

# wait_for <state> <describe>: a run that was interrupted may have left a thing half made.
wait_for() {
  local wanted=$1 state tries=0
  shift
  ((dry_run)) && return
  until state=$(cloud "$@" --format="value(state)") && [[ $state == "$wanted" ]]; do
    tries=$((tries + 1))
    ((tries < 120)) || fail "still $state, not $wanted: gcloud $*"
    say "  … $state"
    sleep "${POLL_SECONDS:-10}"
  done
}

# grant <member> <role> <kind of thing> on <thing>: one role on one thing.
grant() {
  local member=$1 role=$2 kind=() granted
  shift 2
  while [[ $1 != on ]]; do
    kind+=("$1")
    shift
  done
  shift
  granted=$(look "${kind[@]}" get-iam-policy "$@" --flatten="bindings[].members" \
    --filter="$(is bindings.role "$role") AND $(is bindings.members "$member")" --format="value(bindings.role)")
  if [[ -n $granted ]]; then
    keep "$role on $1 for $member"
  else
    made=$((made + 1))
    run "${kind[@]}" add-iam-policy-binding "$@" --member="$member" --role="$role" --condition=None
  fi
}

# display_name <file>: that of a policy or a dashboard, quoted as JSON and filters quote it.
display_name() { sed -n 's/^  "displayName": "\(.*\)",$/\1/p' "$1"; }

finish() {
  if ((dry_run)); then
    say "${bold}dry run:${plain} $made to make, $kept there"
  else
    say "${bold}done:${plain} $made made, $kept there"
  fi
}

random_password() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

has_value() { exists secrets versions list "$1" --limit=1; }

# store <secret>: takes its value from standard input, so that it stands in no list of processes. A secret that has a
# value keeps it: others use it already.
store() {
  local name=$1
  ensure "secret $name" secrets describe "$name" -- \
    secrets create "$name" --replication-policy=user-managed --locations="$REGION" </dev/null
  if has_value "$name"; then
    keep "value of $name"
  else
    made=$((made + 1))
    run secrets versions add "$name" --data-file=-
  fi
}

settings_file=$(cd "$scripts" && cd "$(dirname ../configs/project.env)" && pwd)/project.env
setting_names=(
  PROJECT_ID PROJECT_NAME ORGANISATION_ID BILLING_ACCOUNT REGION ZONE APIS PRODUCTION
  NETWORK SUBNET SUBNET_RANGE SERVICES_RANGE CONNECTOR CONNECTOR_RANGE CONNECTOR_MACHINE CONNECTOR_MIN CONNECTOR_MAX
  DB_INSTANCE DB_VERSION DB_TIER DB_AVAILABILITY DB_LOG_DAYS DB_DATABASE DB_USER DB_PASSWORD_SECRET DB_URL_SECRET
  CACHE_INSTANCE CACHE_VERSION CACHE_TIER CACHE_GIB CACHE_URL_SECRET CACHE_CA_SECRET
  BACKEND_ACCOUNT BACKEND_CPU BACKEND_MEMORY BACKEND_MIN BACKEND_MAX BACKEND_VARIABLES HOST HOST_SERVICE DNS_DOMAIN DNS_ZONE BALANCER
  IMAGES DEPLOYER BUILD_FILE REPOSITORY_OWNER REPOSITORY_NAME BRANCH PROMOTES_FROM BUILD_GANTRY_SERVER BUILD_SECRETS DEPLOYS_ON
  LOG_DAYS ALERT_EMAIL ALERT_SLACK
)
