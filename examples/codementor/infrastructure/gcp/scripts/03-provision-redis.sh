#!/usr/bin/env bash
# Written by Gantry from the spec: change that, and run `gantry synth`.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

start "Cache: Memorystore for Redis inside the network, with a password and TLS, and its address in Secret Manager." "$@"
confirm "Set up the cache of $PROJECT_ID?"

step "Cache $CACHE_INSTANCE"
ensure "instance $CACHE_INSTANCE" redis instances describe "$CACHE_INSTANCE" --region="$REGION" -- \
  redis instances create "$CACHE_INSTANCE" --region="$REGION" --redis-version="$CACHE_VERSION" \
  --tier="$CACHE_TIER" --size="$CACHE_GIB" --network="projects/$PROJECT_ID/global/networks/$NETWORK" \
  --connect-mode=private-service-access --reserved-ip-range="$SERVICES_RANGE" \
  --enable-auth --transit-encryption-mode=server-authentication
wait_for READY redis instances describe "$CACHE_INSTANCE" --region="$REGION"

if ! has_value "$CACHE_URL_SECRET"; then
  address=$(look redis instances describe "$CACHE_INSTANCE" --region="$REGION" --format="value(host)")
  port=$(look redis instances describe "$CACHE_INSTANCE" --region="$REGION" --format="value(port)")
  password=$(look redis instances get-auth-string "$CACHE_INSTANCE" --region="$REGION" --format="value(authString)")
  url="rediss://:$password@$address:$port/0?ssl_ca_certs=/etc/cache/ca.pem"
fi
store "$CACHE_URL_SECRET" < <(printf %s "${url:-}")

# No secret, but what a client needs to know the server by: Memorystore signs its certificates itself.
if ! has_value "$CACHE_CA_SECRET"; then
  authority=$(look redis instances describe "$CACHE_INSTANCE" --region="$REGION" --format="value(serverCaCerts[0].cert)")
fi
store "$CACHE_CA_SECRET" < <(printf %s "${authority:-}")

finish
