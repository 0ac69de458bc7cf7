#!/usr/bin/env bash
# Written by Gantry from the spec: change that, and run `gantry synth`.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib.sh"

start "Backs up the database and the files, beside what the cloud itself keeps: a copy that outlives a deleted instance. It has
to run where both can be reached." "$@"
confirm "Back up $environment?"
stamp=$(date -u +%Y-%m-%dT%H%M%SZ)
folder=$(mktemp -d)
later "rm -rf '$folder'"

need pg_dump pg_restore aws
open_database "$(read_secret database-url "$region")"
step "Database $PGDATABASE"
# First a whole file, then the upload: a dump that breaks off on its way would look like a small one.
run pg_dump --format=custom --no-owner --no-privileges --file="$folder/dump"
run pg_restore --list --file="$folder/contents" "$folder/dump"
backups=$(backups_bucket)
run aws s3 cp --region "$region" "$folder/dump" "s3://$backups/postgres/$stamp.dump"

need mc kubectl
step "Files"
open_minio live "$region" || fail "the MinIO in $region cannot be reached"
# What was deleted there by mistake stays here, until the retention of the copy ends.
run mc mirror --overwrite --preserve live/evidence "${USE_COPY:?an alias and a bucket of mc, as copy/backups}/evidence"

((dry_run)) || say "Backed up $environment as $stamp."
