#!/usr/bin/env bash
# Written by Gantry from the spec: change that, and run `gantry synth`.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

start "Cloud Run: the way from it into the network, and an account for each service that may do what the service needs." "$@"
confirm "Set up Cloud Run in $PROJECT_ID?"

step "Connector $CONNECTOR"
ensure "connector $CONNECTOR" compute networks vpc-access connectors describe "$CONNECTOR" --region="$REGION" -- \
  compute networks vpc-access connectors create "$CONNECTOR" --region="$REGION" --network="$NETWORK" --range="$CONNECTOR_RANGE" \
  --machine-type="$CONNECTOR_MACHINE" --min-instances="$CONNECTOR_MIN" --max-instances="$CONNECTOR_MAX"
wait_for READY compute networks vpc-access connectors describe "$CONNECTOR" --region="$REGION"

step 'Service backend'
ensure "account $BACKEND_ACCOUNT" iam service-accounts describe "$BACKEND_ACCOUNT@$PROJECT_ID.iam.gserviceaccount.com" -- \
  iam service-accounts create "$BACKEND_ACCOUNT" --display-name='backend of codementor'
member="serviceAccount:$BACKEND_ACCOUNT@$PROJECT_ID.iam.gserviceaccount.com"
grant "$member" roles/cloudsql.client projects on "$PROJECT_ID"
grant "$member" roles/secretmanager.secretAccessor secrets on "$DB_URL_SECRET"
grant "$member" roles/secretmanager.secretAccessor secrets on "$CACHE_URL_SECRET"
grant "$member" roles/secretmanager.secretAccessor secrets on "$CACHE_CA_SECRET"
ingress=all
[[ -n $HOST ]] && ingress=internal-and-cloud-load-balancing
# A place for the pipeline to deploy to: until its first release, Google's sample page stands there.
ensure 'service backend' run services describe backend --region="$REGION" --format="value(metadata.name)" -- \
  run deploy backend --region="$REGION" --image=us-docker.pkg.dev/cloudrun/container/hello \
  --service-account="$BACKEND_ACCOUNT@$PROJECT_ID.iam.gserviceaccount.com" --vpc-connector="$CONNECTOR" --vpc-egress=private-ranges-only \
  --port=8080 --cpu="$BACKEND_CPU" --memory="$BACKEND_MEMORY" \
  --min-instances="$BACKEND_MIN" --max-instances="$BACKEND_MAX" --set-env-vars="$BACKEND_VARIABLES" \
  --set-secrets="DATABASE_URL=$DB_URL_SECRET:latest,REDIS_URL=$CACHE_URL_SECRET:latest,/etc/cache/ca.pem=$CACHE_CA_SECRET:latest" \
  --allow-unauthenticated --ingress="$ingress"

# An own domain needs a load balancer: it holds the certificate, which Google renews. Port 80 stays closed.
if [[ -n $HOST ]]; then
  step "Domain $HOST"
  ensure "address $BALANCER" compute addresses describe "$BALANCER" --global -- \
    compute addresses create "$BALANCER" --global
  address=$(look compute addresses describe "$BALANCER" --global --format="value(address)")
  ensure "endpoint group $BALANCER" compute network-endpoint-groups describe "$BALANCER" --region="$REGION" -- \
    compute network-endpoint-groups create "$BALANCER" --region="$REGION" --network-endpoint-type=serverless \
    --cloud-run-service="$HOST_SERVICE"
  ensure "back end $BALANCER" compute backend-services describe "$BALANCER" --global -- \
    compute backend-services create "$BALANCER" --global --load-balancing-scheme=EXTERNAL_MANAGED
  group=$(look compute backend-services describe "$BALANCER" --global --format="value(backends[0].group)")
  if [[ -n $group ]]; then
    keep "endpoint group in back end $BALANCER"
  else
    made=$((made + 1))
    run compute backend-services add-backend "$BALANCER" --global \
      --network-endpoint-group="$BALANCER" --network-endpoint-group-region="$REGION"
  fi
  ensure "map $BALANCER" compute url-maps describe "$BALANCER" --global -- \
    compute url-maps create "$BALANCER" --global --default-service="$BALANCER"
  ensure "certificate $BALANCER" compute ssl-certificates describe "$BALANCER" --global -- \
    compute ssl-certificates create "$BALANCER" --global --domains="$HOST"
  ensure "TLS policy $BALANCER" compute ssl-policies describe "$BALANCER" --global -- \
    compute ssl-policies create "$BALANCER" --global --profile=MODERN --min-tls-version=1.2
  ensure "proxy $BALANCER" compute target-https-proxies describe "$BALANCER" --global -- \
    compute target-https-proxies create "$BALANCER" --global --url-map="$BALANCER" --global-url-map \
    --ssl-certificates="$BALANCER" --global-ssl-certificates --ssl-policy="$BALANCER" --global-ssl-policy
  ensure "forwarding rule $BALANCER" compute forwarding-rules describe "$BALANCER" --global -- \
    compute forwarding-rules create "$BALANCER" --global --load-balancing-scheme=EXTERNAL_MANAGED --address="$BALANCER" \
    --target-https-proxy="$BALANCER" --global-target-https-proxy --ports=443
  ensure "zone $DNS_ZONE" dns managed-zones describe "$DNS_ZONE" -- \
    dns managed-zones create "$DNS_ZONE" --dns-name="$DNS_DOMAIN." --visibility=public --description="$DNS_DOMAIN"
  ensure "record $HOST" dns record-sets describe "$HOST." --zone="$DNS_ZONE" --type=A -- \
    dns record-sets create "$HOST." --zone="$DNS_ZONE" --type=A --ttl=300 --rrdatas="$address"
  note "the registrar of $DNS_DOMAIN has to name these servers: $(look dns managed-zones describe "$DNS_ZONE" --format="value(nameServers)")"
fi

finish
