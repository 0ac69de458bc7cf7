#!/usr/bin/env bash
# Written by Gantry from the spec: change that, and run `gantry synth`.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib.sh"

most_hours=26
extra_options="
  --most-hours=HOURS    how old the newest dump may be"
own_option() {
  [[ $1 == --most-hours=* && ${1#*=} =~ ^[0-9]+$ ]] || return 1
  most_hours=${1#*=}
}
start "Proves that the backups can be used: the newest dump is young, and is restored into a database of its own, which is
removed again. VERIFY_URL is the server for that, never the live one. A verdict each; 1 when one is no pass." "$@"
folder=$(mktemp -d)
later "rm -rf '$folder'"

need psql pg_restore aws
backups=$(backups_bucket)
newest=$(aws s3api list-objects-v2 --region "$region" --bucket "$backups" --prefix postgres/ --output text \
  --query "Contents[].[LastModified, Key]" | sort | tail -n 1)
read -r modified key <<<"$newest"
if [[ -z $key ]]; then
  verdict fail "there is no dump in $backups"
  exit 1
fi
age=$((($(date -u +%s) - $(date -u -d "$modified" +%s)) / 3600))
if ((age <= most_hours)); then
  verdict pass "the newest dump, $key, is $age hours old"
else
  verdict fail "the newest dump, $key, is $age hours old, more than $most_hours"
fi

if [[ -z ${VERIFY_URL:-} ]]; then
  verdict inconclusive "nothing was restored: VERIFY_URL names no server"
elif ((dry_run)); then
  verdict inconclusive "nothing was restored: this is a dry run"
else
  open_database "$VERIFY_URL"
  aws s3 cp --region "$region" --only-show-errors "s3://$backups/$key" "$folder/dump"
  scratch="verify_$(date -u +%s)_$$"
  psql --no-psqlrc --quiet --command="create database $scratch"
  later "psql --no-psqlrc --quiet --command='drop database if exists $scratch' || true"
  if pg_restore --exit-on-error --no-owner --no-privileges --dbname="$scratch" "$folder/dump"; then
    tables=$(psql --no-psqlrc --tuples-only --no-align --dbname="$scratch" \
      --command="select count(*) from pg_stat_user_tables")
    if ((tables > 0)); then
      verdict pass "$key was restored, with $tables tables"
    else
      verdict fail "$key was restored, and is empty"
    fi
  else
    verdict fail "$key cannot be restored"
  fi
fi

kept=$(aws s3api get-bucket-lifecycle-configuration --region "$region" --bucket "$backups" --output text \
  --query "Rules[?Status=='Enabled'].Expiration.Days | [0]") || kept=""
case $kept in
  30) verdict pass "dumps are kept for 30 days" ;;
  "") verdict inconclusive "how long dumps are kept cannot be seen" ;;
  *) verdict fail "dumps are kept for $kept days, not for 30" ;;
esac

need mc kubectl
if ! open_minio live "$region" || ! open_minio there "$standby_region"; then
  verdict inconclusive "the files of the two regions cannot be compared"
elif difference=$(mc diff live/evidence there/evidence); then
  if [[ -z $difference ]]; then
    verdict pass "every file is in $standby_region too"
  else
    verdict fail "$(wc -l <<<"$difference") files differ between $region and $standby_region"
  fi
else
  verdict inconclusive "the files of the two regions cannot be compared"
fi
# What retention-evidence.json says has to be what MinIO does.
wanted=$(tr -d ' \n' <"$(dirname "${BASH_SOURCE[0]}")/retention-evidence.json" | grep -o '"NoncurrentDays":[0-9]*')
if ! rules=$(mc ilm rule export live/evidence); then
  verdict inconclusive "how long earlier versions are kept cannot be seen"
elif [[ $(tr -d ' \n' <<<"$rules") == *"$wanted"* ]]; then
  verdict pass "earlier versions are kept as long as they should be"
else
  verdict fail "earlier versions are not kept for 90 days"
fi

exit "$worst"
