#!/usr/bin/env bash
# Written by Gantry from the spec: change that, and run `gantry synth`.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

start "Migrates the database, after a snapshot of it. It has to run where the database can be reached." "$@"
confirm "Migrate the database of $environment?"

need aws git
instance=$(aws rds describe-db-instances --region "$region" --output text \
  --query "DBInstances[?starts_with(DBInstanceIdentifier, '$name-') && ReadReplicaSourceDBInstanceIdentifier==null] | [0].DBInstanceIdentifier")
snapshot="$name-before-migration-$(date -u +%Y%m%d%H%M%S)"
run aws rds create-db-snapshot --region "$region" --db-instance-identifier "$instance" --db-snapshot-identifier "$snapshot"
run aws rds wait db-snapshot-available --region "$region" --db-snapshot-identifier "$snapshot"

DATABASE_URL=$(read_secret database-url "$region")
export DATABASE_URL
cd "$(git -C "$(dirname "${BASH_SOURCE[0]}")" rev-parse --show-toplevel)/server"
run npx prisma migrate deploy
