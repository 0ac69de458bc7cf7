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

# What is promoted here lies in another environment's project, and so do the builds that have proved it.
if [[ -n $PROMOTES_FROM ]]; then
  step "Images of $PROMOTES_FROM"
  source_project=$(setting_of "$PROMOTES_FROM" PROJECT_ID)
  if ! exists projects list --filter="$(is projectId "$source_project")" && ((!dry_run)); then
    fail "set $PROMOTES_FROM up first: its images are brought here"
  fi
  PROJECT_ID=$source_project grant "serviceAccount:$email" roles/artifactregistry.reader artifacts repositories \
    on "$(setting_of "$PROMOTES_FROM" IMAGES)" --location="$(setting_of "$PROMOTES_FROM" REGION)"
  grant "serviceAccount:$email" roles/cloudbuild.builds.viewer projects on "$source_project"
fi

step "Secrets of builds"
for name in $BUILD_SECRETS; do
  ensure "secret $name" secrets describe "$name" -- \
    secrets create "$name" --replication-policy=user-managed --locations="$REGION"
  grant "serviceAccount:$email" roles/secretmanager.secretAccessor secrets on "$name"
  has_value "$name" || note "store its value: gcloud secrets versions add $name --project=$PROJECT_ID --data-file=-"
done

step "Trigger"
trigger="$PROJECT_NAME"
((dry_run)) || need BUILD_GANTRY_SERVER "what builds are told as it"
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
    --substitutions="^;^_GANTRY_SERVER=$BUILD_GANTRY_SERVER" \
    --service-account="projects/$PROJECT_ID/serviceAccounts/$email" ||
    fail "no trigger was made. Is the repository connected? https://console.cloud.google.com/cloud-build/triggers/connect?project=$PROJECT_ID"
fi

finish
