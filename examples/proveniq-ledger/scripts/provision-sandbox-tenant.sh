#!/usr/bin/env bash
# Written by Gantry from the spec: change that, and run `gantry synth`.

# Lets a tenant into sandbox: a partnerId and an API key of its own, and 10 sample claims.
# The key is shown once and kept nowhere: the database has its hash. A name that is there already is left as it is.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }

# fail <message> [status]: 1 for a no, 2 for a wrong argument, 3 for what is there already, 4 for what is not allowed.
fail() {
  say "error: $1"
  exit "${2:-1}"
}

statements=${BASH_SOURCE[0]%.sh}.sql
name=""
internal=false
new_key=false
json=0
assume_yes=0
dry_run=0

usage() {
  cat <<'TEXT'
usage: provision-sandbox-tenant.sh --name NAME [options]

      --name=NAME      what the tenant is called
      --internal       a tenant of our own, to try things with
      --new-key        for a tenant that is there: another key, and the old one stops working
      --json           one document on standard output
  -y, --yes            do not ask before acting
      --dry-run        say what would be done, and do nothing
  -h, --help           this text

The database is the one of DATABASE_URL, or else the one whose address is in the secret store.
TEXT
}

# confirm <question>: goes on after a yes.
confirm() {
  ((assume_yes || dry_run)) && return
  [[ -t 0 ]] || fail "nobody is there to ask: say --yes" 2
  local answer
  read -r -p "$1 [y/N] " answer
  [[ $answer == [yY] || $answer == [yY][eE][sS] ]] || fail "stopped, nothing was done"
}

while (($#)); do
  case $1 in
    --name)
      (($# > 1)) || fail "--name needs a name" 2
      name=$2
      shift
      ;;
    --name=*) name=${1#*=} ;;
    --internal) internal=true ;;
    --new-key) new_key=true ;;
    --json) json=1 ;;
    -y | --yes) assume_yes=1 ;;
    --dry-run) dry_run=1 ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) fail "unknown argument: $1 (--help says which there are)" 2 ;;
  esac
  shift
done
[[ -n $name ]] || fail "say who it is for: --name" 2
[[ -r $statements ]] || fail "$statements is missing: it holds the statements that make a tenant" 2
command -v psql >/dev/null || fail "psql is not installed: it comes with Postgres' client" 2

# What is pending has not been given: until then nobody from outside is let in.
[[ $internal == true ]] ||
  fail "opening the sandbox to partners awaits the approval of CTO; --internal makes a tenant of our own" 4

if [[ -z ${DATABASE_URL:-} ]]; then
  DATABASE_URL=$(gcloud secrets versions access latest --secret=database-url --project=proveniq-ledger-sandbox)
fi

# The address goes to psql in parts and through its environment: on a command line, others on this machine could read it.
decoded() { printf '%b' "${1//%/\\x}"; }
address='^postgres(ql)?://([^:@/]+)(:([^@/]*))?@([^:/?]+)(:([0-9]+))?/([^?]+)(.*[?&]sslmode=([a-z-]+))?'
[[ $DATABASE_URL =~ $address ]] || fail "DATABASE_URL is no address of the form postgresql://user:password@host:port/database" 2
PGUSER=$(decoded "${BASH_REMATCH[2]}")
PGPASSWORD=$(decoded "${BASH_REMATCH[4]}")
PGHOST=${BASH_REMATCH[5]}
PGPORT=${BASH_REMATCH[7]:-5432}
PGDATABASE=$(decoded "${BASH_REMATCH[8]}")
PGSSLMODE=${BASH_REMATCH[10]:-prefer}
export PGUSER PGPASSWORD PGHOST PGPORT PGDATABASE PGSSLMODE

sha256() {
  if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1
}

confirm "Let $name into the database $PGDATABASE on $PGHOST?"
if ((dry_run)); then
  say "would make $name in the database $PGDATABASE on $PGHOST"
  exit 0
fi
key=plk_$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
key_hash=$(printf %s "$key" | sha256)
answer=$(
  psql --no-psqlrc --quiet --tuples-only --no-align --field-separator=' ' --set=ON_ERROR_STOP=1 --single-transaction \
    --set=name="$name" --set=key_hash="$key_hash" --set=internal="$internal" --set=new_key="$new_key" \
    --set=claims=10 --file="$statements"
)
read -r id outcome <<<"$answer"

case $outcome in
  made | "new key") ;;
  kept) fail "$name is there already, as $id; its key was shown when it was made. --new-key makes another" 3 ;;
  *) fail "$statements answered $answer, not an id and one of: made, kept, new key" ;;
esac
if ((json)); then
  printf '{"partnerId":"%s","apiKey":"%s"}\n' "$id" "$key"
else
  printf '%-12s%s\n' partnerId "$id" "API key" "$key"
  say "The key is shown this once."
fi
