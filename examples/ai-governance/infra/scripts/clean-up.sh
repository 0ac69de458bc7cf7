#!/usr/bin/env bash
# Written by Gantry from the spec: change that, and run `gantry synth`.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

keep_days=30
extra_options="
  --keep-days=DAYS      how long snapshots from before migrations are kept (default: 30)"
own_option() {
  [[ $1 == --keep-days=* && ${1#*=} =~ ^[0-9]+$ ]] || return 1
  keep_days=${1#*=}
}

start 'Tidies up what work leaves behind: finished jobs, and snapshots from before migrations that nobody needs any more. No service, no data and no regular backup is touched.' "$@"
need kubectl aws
confirm "Tidy up $environment?"
use_cluster "$region"
run kubectl --namespace="$namespace" delete jobs --field-selector=status.successful=1
run kubectl --namespace="$namespace" delete pods --field-selector=status.phase=Succeeded

before=$(date -u -d "-$keep_days days" +%Y-%m-%dT%H:%M:%S 2>/dev/null || date -u -v "-${keep_days}d" +%Y-%m-%dT%H:%M:%S)
old=$(aws rds describe-db-snapshots --region "$region" --snapshot-type manual --output text \
  --query "DBSnapshots[?starts_with(DBSnapshotIdentifier, '$name-before-migration-') && SnapshotCreateTime<'$before'].DBSnapshotIdentifier")
for snapshot in $old; do
  run aws rds delete-db-snapshot --region "$region" --db-snapshot-identifier "$snapshot"
done
