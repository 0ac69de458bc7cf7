import type { Shell } from "../sh.ts";
import { paragraphs, sh, shell } from "../sh.ts";
import type { Plan } from "./plan.ts";
import { authorityFile } from "./settings.ts";
import { uptimeChecks } from "./monitoring.ts";

// One function a script, in the order in which they run.

export function projectScript(): Shell {
  return paragraphs(
    sh`
start "Project: the project itself, its billing account and its APIs." "$@"
confirm "Set up the project $PROJECT_ID?"
step "Project $PROJECT_ID"
`,
    sh`
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
  run projects create "$PROJECT_ID" --name="$PROJECT_NAME" "\${organisation[@]}"
  project_missing=$dry_run
fi
`,
    sh`
billed=$(look billing projects describe "$PROJECT_ID" --format="value(billingEnabled)")
if [[ $billed == True ]]; then
  keep "billing account"
else
  need BILLING_ACCOUNT "the billing account (gcloud billing accounts list)"
  made=$((made + 1))
  run billing projects link "$PROJECT_ID" --billing-account="$BILLING_ACCOUNT"
fi
`,
    sh`
enabled=$(look services list --enabled --format="value(config.name)")
missing=()
for api in $APIS; do
  if grep -qxF "$api" <<<"$enabled"; then
    keep "$api"
  else
    missing+=("$api")
  fi
done
if ((\${#missing[@]})); then
  made=$((made + \${#missing[@]}))
  run services enable "\${missing[@]}"
fi
`,
    sh`
# A configuration of its own, so that the defaults of whoever runs this stay as they are:
#   gcloud config configurations activate <its name>
ensure "configuration $PROJECT_NAME" config configurations list --filter="$(is name "$PROJECT_NAME")" -- \
  config configurations create "$PROJECT_NAME" --no-activate
`,
    sh`
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
`,
  );
}

export function networkScript(): Shell {
  return paragraphs(
    sh`
start "Network: a network of our own, what may pass in it, and the way to Google's managed services." "$@"
confirm "Set up the network of $PROJECT_ID?"
step "Network $NETWORK"
`,
    sh`
ensure "network $NETWORK" compute networks describe "$NETWORK" -- \
  compute networks create "$NETWORK" --subnet-mode=custom --bgp-routing-mode=regional
ensure "subnet $SUBNET" compute networks subnets describe "$SUBNET" --region="$REGION" -- \
  compute networks subnets create "$SUBNET" --network="$NETWORK" --region="$REGION" --range="$SUBNET_RANGE" \
  --enable-private-ip-google-access
`,
    sh`
# Nothing else comes in: a network of our own refuses what no rule allows.
ensure "rule $NETWORK-internal" compute firewall-rules describe "$NETWORK-internal" -- \
  compute firewall-rules create "$NETWORK-internal" --network="$NETWORK" --direction=INGRESS \
  --allow=tcp,udp,icmp --source-ranges="$SUBNET_RANGE,$CONNECTOR_RANGE"
`,
    sh`
# Cloud SQL and Memorystore live in a network of Google's, which is peered with ours.
ensure "range $SERVICES_RANGE" compute addresses describe "$SERVICES_RANGE" --global -- \
  compute addresses create "$SERVICES_RANGE" --global --purpose=VPC_PEERING --prefix-length=16 --network="$NETWORK"
ensure "peering with Google's services" \
  services vpc-peerings list --network="$NETWORK" --format="value(reservedPeeringRanges)" -- \
  services vpc-peerings connect --service=servicenetworking.googleapis.com --network="$NETWORK" --ranges="$SERVICES_RANGE"
`,
  );
}

export function databaseScript({ databases }: Plan): Shell {
  return paragraphs(
    sh`
start "Database: Cloud SQL for Postgres without a public address, its password, and its address in Secret Manager." "$@"
confirm "Set up the database of $PROJECT_ID?"
`,
    ...databases.map(({ prefix }) => {
      const of = (key: string) => shell(`${prefix}_${key}`);
      return sh`
step "Database $${of("INSTANCE")}"
ensure "instance $${of("INSTANCE")}" sql instances describe "$${of("INSTANCE")}" -- \
  sql instances create "$${of("INSTANCE")}" --database-version="$${of("VERSION")}" --edition=enterprise --tier="$${of("TIER")}" \
  --region="$REGION" --availability-type="$${of("AVAILABILITY")}" --storage-auto-increase \
  --network="projects/$PROJECT_ID/global/networks/$NETWORK" --no-assign-ip --ssl-mode=ENCRYPTED_ONLY \
  --backup --backup-start-time=03:00 --enable-point-in-time-recovery --retained-transaction-log-days="$${of("LOG_DAYS")}" \
  --deletion-protection
wait_for RUNNABLE sql instances describe "$${of("INSTANCE")}"
ensure "database $${of("DATABASE")}" sql databases describe "$${of("DATABASE")}" --instance="$${of("INSTANCE")}" -- \
  sql databases create "$${of("DATABASE")}" --instance="$${of("INSTANCE")}"

# The password is stored before the user is made with it: wherever this stops, nobody has a password that is not stored.
if exists sql users list --instance="$${of("INSTANCE")}" --filter="$(is name "$${of("USER")}")"; then
  has_value "$${of("PASSWORD_SECRET")}" ||
    fail "the user $${of("USER")} exists and the secret $${of("PASSWORD_SECRET")} does not: set a new password with
gcloud sql users set-password $${of("USER")} --instance=$${of("INSTANCE")} --prompt-for-password, and store it"
  keep "user $${of("USER")}"
else
  store "$${of("PASSWORD_SECRET")}" < <(random_password)
  password=$(look secrets versions access latest --secret="$${of("PASSWORD_SECRET")}")
  made=$((made + 1))
  # Flags in a file, not on the command line: that stands in the list of processes.
  run sql users create "$${of("USER")}" --instance="$${of("INSTANCE")}" --flags-file=- <<<"--password: '$password'"
fi

if ! has_value "$${of("URL_SECRET")}"; then
  # The only address there is: the instance has no public one.
  address=$(look sql instances describe "$${of("INSTANCE")}" --format="value(ipAddresses[0].ipAddress)")
  password=$(look secrets versions access latest --secret="$${of("PASSWORD_SECRET")}")
  url="postgresql://$${of("USER")}:$password@$address:5432/$${of("DATABASE")}?sslmode=require"
fi
store "$${of("URL_SECRET")}" < <(printf %s "\${url:-}")
`;
    }),
  );
}

export function cacheScript({ caches, services }: Plan): Shell {
  // Python's client takes the certificate's place from the address.
  const python = services.every(({ of }) => of.stack === undefined || of.stack.language === "python");
  return paragraphs(
    sh`
start "Cache: Memorystore for Redis inside the network, with a password and TLS, and its address in Secret Manager." "$@"
confirm "Set up the cache of $PROJECT_ID?"
`,
    ...caches.map(({ name, prefix }) => {
      const of = (key: string) => shell(`${prefix}_${key}`);
      return sh`
step "Cache $${of("INSTANCE")}"
ensure "instance $${of("INSTANCE")}" redis instances describe "$${of("INSTANCE")}" --region="$REGION" -- \
  redis instances create "$${of("INSTANCE")}" --region="$REGION" --redis-version="$${of("VERSION")}" \
  --tier="$${of("TIER")}" --size="$${of("GIB")}" --network="projects/$PROJECT_ID/global/networks/$NETWORK" \
  --connect-mode=private-service-access --reserved-ip-range="$SERVICES_RANGE" \
  --enable-auth --transit-encryption-mode=server-authentication
wait_for READY redis instances describe "$${of("INSTANCE")}" --region="$REGION"

if ! has_value "$${of("URL_SECRET")}"; then
  address=$(look redis instances describe "$${of("INSTANCE")}" --region="$REGION" --format="value(host)")
  port=$(look redis instances describe "$${of("INSTANCE")}" --region="$REGION" --format="value(port)")
  password=$(look redis instances get-auth-string "$${of("INSTANCE")}" --region="$REGION" --format="value(authString)")
  url="rediss://:$password@$address:$port/0${shell(python ? `?ssl_ca_certs=${authorityFile(name)}` : "")}"
fi
store "$${of("URL_SECRET")}" < <(printf %s "\${url:-}")

# No secret, but what a client needs to know the server by: Memorystore signs its certificates itself.
if ! has_value "$${of("CA_SECRET")}"; then
  authority=$(look redis instances describe "$${of("INSTANCE")}" --region="$REGION" --format="value(serverCaCerts[0].cert)")
fi
store "$${of("CA_SECRET")}" < <(printf %s "\${authority:-}")
`;
    }),
  );
}

export function pipelineScript({ services, builds }: Plan): Shell {
  const told = builds.substitutions.map(({ name, setting }) => `${name}=$${setting}`).join(";");
  return paragraphs(
    sh`
start "CI/CD: the registry of images, the account that builds and deploys, and the trigger." "$@"
confirm "Set up Cloud Build in $PROJECT_ID?"
`,
    sh`
step "Images"
ensure "repository $IMAGES" artifacts repositories describe "$IMAGES" --location="$REGION" -- \
  artifacts repositories create "$IMAGES" --location="$REGION" --repository-format=docker
`,
    sh`
step "Account $DEPLOYER"
email="$DEPLOYER@$PROJECT_ID.iam.gserviceaccount.com"
ensure "account $DEPLOYER" iam service-accounts describe "$email" -- \
  iam service-accounts create "$DEPLOYER" --display-name="Builds and deploys"
for role in roles/run.developer roles/cloudsql.editor roles/logging.logWriter; do
  grant "serviceAccount:$email" "$role" projects on "$PROJECT_ID"
done
grant "serviceAccount:$email" roles/artifactregistry.writer artifacts repositories on "$IMAGES" --location="$REGION"
`,
    sh`
# Whoever deploys a service has to be allowed to run things as the service's account.
${shell(
  services
    .map(
      ({ prefix }) =>
        sh`
grant "serviceAccount:$email" roles/iam.serviceAccountUser iam service-accounts on \
  "$${shell(`${prefix}_ACCOUNT`)}@$PROJECT_ID.iam.gserviceaccount.com"
`.shell,
    )
    .join(""),
)}
`,
    sh`
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
`,
    builds.secrets.length === 0
      ? undefined
      : sh`
step "Secrets of builds"
for name in $BUILD_SECRETS; do
  ensure "secret $name" secrets describe "$name" -- \
    secrets create "$name" --replication-policy=user-managed --locations="$REGION"
  grant "serviceAccount:$email" roles/secretmanager.secretAccessor secrets on "$name"
  has_value "$name" || note "store its value: gcloud secrets versions add $name --project=$PROJECT_ID --data-file=-"
done
`,
    sh`
step "Trigger"
trigger="$PROJECT_NAME"
${shell(builds.substitutions.map(({ setting }) => sh`((dry_run)) || need ${setting} "what builds are told as it"`.shell.trimEnd()).join("\n"))}
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
  run builds triggers create "\${source[@]}" --name="$trigger" --region="$REGION" --build-config="$BUILD_FILE" \
    ${shell(told === "" ? "" : `--substitutions="^;^${told}" `)}\
    --service-account="projects/$PROJECT_ID/serviceAccounts/$email" ||
    fail "no trigger was made. Is the repository connected? https://console.cloud.google.com/cloud-build/triggers/connect?project=$PROJECT_ID"
fi
`,
  );
}

export function monitoringScript(plan: Plan): Shell {
  const checks = uptimeChecks(plan);
  return paragraphs(
    sh`
start "Monitoring: how long logs are kept, who is told, uptime checks, alert policies and dashboards." "$@"
confirm "Set up monitoring in $PROJECT_ID?"
monitoring=$scripts/${shell(plan.monitoringFromScripts)}
`,
    sh`
step "Logs"
now=$(look logging buckets describe _Default --location=global --format="value(retentionDays)")
if [[ $now == "$LOG_DAYS" ]]; then
  keep "logs for $LOG_DAYS days"
else
  made=$((made + 1))
  run logging buckets update _Default --location=global --retention-days="$LOG_DAYS"
fi
`,
    sh`
step "Channels"
channels=()
if [[ -n $ALERT_EMAIL ]]; then
  ensure "channel $ALERT_EMAIL" beta monitoring channels list --filter="$(is labels.email_address "$ALERT_EMAIL")" -- \
    beta monitoring channels create --type=email --display-name="$ALERT_EMAIL" --channel-labels="email_address=$ALERT_EMAIL"
  channels+=("$(look beta monitoring channels list --filter="$(is labels.email_address "$ALERT_EMAIL")" --limit=1 --format="value(name)")")
fi
if [[ -n $ALERT_SLACK ]]; then
  slack=$(look beta monitoring channels list --filter="$(is labels.channel_name "$ALERT_SLACK")" --limit=1 --format="value(name)")
  if [[ -n $slack ]]; then
    keep "channel $ALERT_SLACK"
    channels+=("$slack")
  else
    note "connect $ALERT_SLACK in https://console.cloud.google.com/monitoring/alerting/notifications?project=$PROJECT_ID and run this again"
  fi
fi
told=$(
  IFS=,
  printf %s "\${channels[*]}"
)
`,
    checks.length === 0
      ? undefined
      : sh`
step "Uptime checks"
# Cloud Run's own address follows from the project's number, so that a check can be there before the first deployment.
number=$(look projects describe "$PROJECT_ID" --format="value(projectNumber)")
${shell(checks.map((one) => one.shell).join(""))}
`,
    sh`
step "Alert policies"
# What people changed in a policy that is there stays. A channel that was connected since is added to it.
for file in "$monitoring"/alerts/*.json; do
  name=$(display_name "$file")
  ensure "policy $name" alpha monitoring policies list --filter="displayName=\"$name\"" -- \
    alpha monitoring policies create --policy-from-file="$file" --notification-channels="$told"
  found=$(look alpha monitoring policies list --filter="displayName=\"$name\"" --limit=1 --format="value(name,notificationChannels)")
  IFS=$'\t' read -r policy known <<<"$found"
  for channel in "\${channels[@]}"; do
    [[ ";$known;" == *";$channel;"* || -z $policy ]] && continue
    made=$((made + 1))
    run alpha monitoring policies update "$policy" --add-notification-channels="$channel"
  done
done
`,
    sh`
step "Dashboards"
for file in "$monitoring"/dashboards/*.json; do
  name=$(display_name "$file")
  ensure "dashboard $name" monitoring dashboards list --filter="displayName=\"$name\"" -- \
    monitoring dashboards create --config-from-file="$file"
done
`,
  );
}
