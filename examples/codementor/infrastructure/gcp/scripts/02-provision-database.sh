#!/usr/bin/env bash
# Written by Gantry from the spec: change that, and run `gantry synth`.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

start "Database: Cloud SQL for Postgres without a public address, its password, and its address in Secret Manager." "$@"
confirm "Set up the database of $PROJECT_ID?"

step "Database $DB_INSTANCE"
ensure "instance $DB_INSTANCE" sql instances describe "$DB_INSTANCE" -- \
  sql instances create "$DB_INSTANCE" --database-version="$DB_VERSION" --edition=enterprise --tier="$DB_TIER" \
  --region="$REGION" --availability-type="$DB_AVAILABILITY" --storage-auto-increase \
  --network="projects/$PROJECT_ID/global/networks/$NETWORK" --no-assign-ip --ssl-mode=ENCRYPTED_ONLY \
  --backup --backup-start-time=03:00 --enable-point-in-time-recovery --retained-transaction-log-days="$DB_LOG_DAYS" \
  --deletion-protection
wait_for RUNNABLE sql instances describe "$DB_INSTANCE"
ensure "database $DB_DATABASE" sql databases describe "$DB_DATABASE" --instance="$DB_INSTANCE" -- \
  sql databases create "$DB_DATABASE" --instance="$DB_INSTANCE"

# The password is stored before the user is made with it: wherever this stops, nobody has a password that is not stored.
if exists sql users list --instance="$DB_INSTANCE" --filter="$(is name "$DB_USER")"; then
  has_value "$DB_PASSWORD_SECRET" ||
    fail "the user $DB_USER exists and the secret $DB_PASSWORD_SECRET does not: set a new password with
gcloud sql users set-password $DB_USER --instance=$DB_INSTANCE --prompt-for-password, and store it"
  keep "user $DB_USER"
else
  store "$DB_PASSWORD_SECRET" < <(random_password)
  password=$(look secrets versions access latest --secret="$DB_PASSWORD_SECRET")
  made=$((made + 1))
  # Flags in a file, not on the command line: that stands in the list of processes.
  run sql users create "$DB_USER" --instance="$DB_INSTANCE" --flags-file=- <<<"--password: '$password'"
fi

if ! has_value "$DB_URL_SECRET"; then
  # The only address there is: the instance has no public one.
  address=$(look sql instances describe "$DB_INSTANCE" --format="value(ipAddresses[0].ipAddress)")
  password=$(look secrets versions access latest --secret="$DB_PASSWORD_SECRET")
  url="postgresql://$DB_USER:$password@$address:5432/$DB_DATABASE?sslmode=require"
fi
store "$DB_URL_SECRET" < <(printf %s "${url:-}")

finish
