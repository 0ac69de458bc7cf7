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

metrics_folder=${USE_METRICS_FOLDER:-}

# From outside the cluster: kubectl --namespace monitoring port-forward service/pushgateway 9091, and its address.
case $environment in
  staging | production) pushgateway=${USE_PUSHGATEWAY-http://pushgateway.monitoring.svc:9091} ;;
  *) pushgateway=${USE_PUSHGATEWAY:-} ;;
esac

# Whoever watches the backups reads how each went. A report that does not get there is said, and makes no backup fail.
backed_up=()
counted() { # counted <resource> <outcome> <what was told before>
  awk -v resource="resource=\"$1\"" -v outcome="outcome=\"$2\"" \
    'index($1, "backup_runs_total{") == 1 && index($1, resource) && index($1, outcome) { many = $2 } END { printf "%d", many }' <<<"$3"
}
report() { # report <resource> <exit status>
  local resource=$1 code=$2 before="" at="" well failed file
  if [[ -n $metrics_folder ]]; then
    file=$metrics_folder/backup_$resource.prom
    if [[ -e $file ]]; then before=$(cat "$file") || return 1; fi
  else
    before=$(curl --fail --silent --show-error --max-time 10 "$pushgateway/metrics") || return 1
  fi
  well=$(counted "$resource" succeeded "$before") || return 1
  failed=$(counted "$resource" failed "$before") || return 1
  if ((code == 0)); then
    well=$((well + 1))
    at="backup_last_success_timestamp_seconds{resource=\"$resource\"} $(date -u +%s)"
  else
    failed=$((failed + 1))
    # What is pushed stays beside what was pushed before; a file is written anew.
    if [[ -n $metrics_folder ]]; then at=$(grep '^backup_last_success_timestamp_seconds{' <<<"$before") || at=""; fi
  fi
  told() {
    echo "# TYPE backup_last_exit_code gauge"
    echo "backup_last_exit_code{resource=\"$resource\"} $code"
    echo "# TYPE backup_runs_total counter"
    echo "backup_runs_total{resource=\"$resource\",outcome=\"succeeded\"} $well"
    echo "backup_runs_total{resource=\"$resource\",outcome=\"failed\"} $failed"
    if [[ -n $at ]]; then
      echo "# TYPE backup_last_success_timestamp_seconds gauge"
      echo "$at"
    fi
  }
  if [[ -n $metrics_folder ]]; then
    # Only *.prom is read: nobody sees half a file.
    told >"$file.$$" && chmod 0644 "$file.$$" && mv -f "$file.$$" "$file" && return 0
    rm -f "$file.$$"
    return 1
  fi
  told | curl --fail --silent --show-error --max-time 10 --output /dev/null --data-binary @- \
    "$pushgateway/metrics/job/backup/resource/$resource"
}
report_all() {
  local resource code
  ((dry_run)) && return
  if [[ -z $metrics_folder$pushgateway ]]; then
    note "nobody is told how this went: neither USE_METRICS_FOLDER nor USE_PUSHGATEWAY is set"
    return
  fi
  for resource in db evidence; do
    code=$((ended == 0 ? 1 : ended))
    if [[ " ${backed_up[*]} " == *" $resource "* ]]; then code=0; fi
    report "$resource" "$code" || note "whoever watches the backups was not told of $resource"
  done
}
later report_all

need pg_dump pg_restore aws
open_database "$(read_secret database-url "$region")"
step "Database $PGDATABASE"
# First a whole file, then the upload: a dump that breaks off on its way would look like a small one.
run pg_dump --format=custom --no-owner --no-privileges --file="$folder/dump"
run pg_restore --list --file="$folder/contents" "$folder/dump"
backups=$(backups_bucket)
run aws s3 cp --region "$region" "$folder/dump" "s3://$backups/postgres/$stamp.dump"
backed_up+=(db)

need mc kubectl
step "Files"
open_minio live "$region" || fail "the MinIO in $region cannot be reached"
# What was deleted there by mistake stays here, until the retention of the copy ends.
run mc mirror --overwrite --preserve live/evidence "${USE_COPY:?an alias and a bucket of mc, as copy/backups}/evidence"
backed_up+=(evidence)

((dry_run)) || say "Backed up $environment as $stamp."
