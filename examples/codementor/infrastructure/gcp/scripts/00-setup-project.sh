#!/usr/bin/env bash
# Written by Gantry from the spec: change that, and run `gantry synth`.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

start "Project: the project itself, its billing account and its APIs." "$@"
confirm "Set up the project $PROJECT_ID?"
step "Project $PROJECT_ID"

# Describing a project that is missing and one that is somebody else's gives the same answer: so it is looked for in the list.
if exists projects list --filter="$(is projectId "$PROJECT_ID")"; then
  keep "project $PROJECT_ID"
else
  need ORGANISATION_ID "the organisation's number, or none (gcloud organizations list)"
  organisation=()
  if [[ $ORGANISATION_ID != none ]]; then
    organisation=(--organization="$ORGANISATION_ID")
  fi
  made=$((made + 1))
  run projects create "$PROJECT_ID" --name="$PROJECT_NAME" "${organisation[@]}"
  project_missing=$dry_run
fi

billed=$(look billing projects describe "$PROJECT_ID" --format="value(billingEnabled)")
if [[ $billed == True ]]; then
  keep "billing account"
else
  need BILLING_ACCOUNT "the billing account (gcloud billing accounts list)"
  made=$((made + 1))
  run billing projects link "$PROJECT_ID" --billing-account="$BILLING_ACCOUNT"
fi

enabled=$(look services list --enabled --format="value(config.name)")
missing=()
for api in $APIS; do
  if grep -qxF "$api" <<<"$enabled"; then
    keep "$api"
  else
    missing+=("$api")
  fi
done
if ((${#missing[@]})); then
  made=$((made + ${#missing[@]}))
  run services enable "${missing[@]}"
fi

# A configuration of its own, so that the defaults of whoever runs this stay as they are:
#   gcloud config configurations activate <its name>
ensure "configuration $PROJECT_NAME" config configurations list --filter="$(is name "$PROJECT_NAME")" -- \
  config configurations create "$PROJECT_NAME" --no-activate

default() {
  local now
  now=$(look config get "$1" --configuration="$PROJECT_NAME")
  if [[ $now == "$2" ]]; then
    keep "$1 $2"
  else
    made=$((made + 1))
    run config set "$1" "$2" --configuration="$PROJECT_NAME"
  fi
}
default project "$PROJECT_ID"
default compute/region "$REGION"
default compute/zone "$ZONE"

finish
