#!/usr/bin/env bash
# Written by Gantry from the spec: change that, and run `gantry synth`.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

start "CI/CD: the registry of images, the account that builds and deploys, and the trigger." "$@"
confirm "Set up Cloud Build in $PROJECT_ID?"

step "Images"
ensure "repository $IMAGES" artifacts repositories describe "$IMAGES" --location="$REGION" -- \
  artifacts repositories create "$IMAGES" --location="$REGION" --repository-format=docker

step "Account $DEPLOYER"
email="$DEPLOYER@$PROJECT_ID.iam.gserviceaccount.com"
ensure "account $DEPLOYER" iam service-accounts describe "$email" -- \
  iam service-accounts create "$DEPLOYER" --display-name="Builds and deploys"
for role in roles/run.developer roles/cloudsql.editor roles/logging.logWriter; do
  grant "serviceAccount:$email" "$role" projects on "$PROJECT_ID"
done
grant "serviceAccount:$email" roles/artifactregistry.writer artifacts repositories on "$IMAGES" --location="$REGION"

# Whoever deploys a service has to be allowed to run things as the service's account.
grant "serviceAccount:$email" roles/iam.serviceAccountUser iam service-accounts on \
  "$BACKEND_ACCOUNT@$PROJECT_ID.iam.gserviceaccount.com"

step "Trigger"
trigger="$PROJECT_NAME"
if [[ $DEPLOYS_ON == push ]]; then
  source=(github --repo-owner="$REPOSITORY_OWNER" --repo-name="$REPOSITORY_NAME" --branch-pattern="^$BRANCH\$")
else
  # Somebody starts it with a version, and somebody allowed to has to agree:
  #   gcloud builds triggers run <its name> --substitutions=_VERSION=<version>
  source=(manual --repo="https://github.com/$REPOSITORY_OWNER/$REPOSITORY_NAME" --repo-type=GITHUB --branch="$BRANCH"
    --require-approval)
fi
if exists builds triggers list --region="$REGION" --filter="$(is name "$trigger")"; then
  keep "trigger $trigger"
else
  made=$((made + 1))
  run builds triggers create "${source[@]}" --name="$trigger" --region="$REGION" --build-config="$BUILD_FILE" \
    --service-account="projects/$PROJECT_ID/serviceAccounts/$email" ||
    fail "no trigger was made. Is the repository connected? https://console.cloud.google.com/cloud-build/triggers/connect?project=$PROJECT_ID"
fi

finish
