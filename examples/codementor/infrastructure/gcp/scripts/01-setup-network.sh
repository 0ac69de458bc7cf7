#!/usr/bin/env bash
# Written by Gantry from the spec: change that, and run `gantry synth`.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

start "Network: a network of our own, what may pass in it, and the way to Google's managed services." "$@"
confirm "Set up the network of $PROJECT_ID?"
step "Network $NETWORK"

ensure "network $NETWORK" compute networks describe "$NETWORK" -- \
  compute networks create "$NETWORK" --subnet-mode=custom --bgp-routing-mode=regional
ensure "subnet $SUBNET" compute networks subnets describe "$SUBNET" --region="$REGION" -- \
  compute networks subnets create "$SUBNET" --network="$NETWORK" --region="$REGION" --range="$SUBNET_RANGE" \
  --enable-private-ip-google-access

# Nothing else comes in: a network of our own refuses what no rule allows.
ensure "rule $NETWORK-internal" compute firewall-rules describe "$NETWORK-internal" -- \
  compute firewall-rules create "$NETWORK-internal" --network="$NETWORK" --direction=INGRESS \
  --allow=tcp,udp,icmp --source-ranges="$SUBNET_RANGE,$CONNECTOR_RANGE"

# Cloud SQL and Memorystore live in a network of Google's, which is peered with ours.
ensure "range $SERVICES_RANGE" compute addresses describe "$SERVICES_RANGE" --global -- \
  compute addresses create "$SERVICES_RANGE" --global --purpose=VPC_PEERING --prefix-length=16 --network="$NETWORK"
ensure "peering with Google's services" \
  services vpc-peerings list --network="$NETWORK" --format="value(reservedPeeringRanges)" -- \
  services vpc-peerings connect --service=servicenetworking.googleapis.com --network="$NETWORK" --ranges="$SERVICES_RANGE"

finish
