#!/usr/bin/env bash
# Written by Gantry from the spec: change that, and run `gantry synth`.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

start "Monitoring: how long logs are kept, who is told, uptime checks, alert policies and dashboards." "$@"
confirm "Set up monitoring in $PROJECT_ID?"
monitoring=$scripts/../monitoring

step "Logs"
now=$(look logging buckets describe _Default --location=global --format="value(retentionDays)")
if [[ $now == "$LOG_DAYS" ]]; then
  keep "logs for $LOG_DAYS days"
else
  made=$((made + 1))
  run logging buckets update _Default --location=global --retention-days="$LOG_DAYS"
fi

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
  printf %s "${channels[*]}"
)

step "Uptime checks"
# Cloud Run's own address follows from the project's number, so that a check can be there before the first deployment.
number=$(look projects describe "$PROJECT_ID" --format="value(projectNumber)")
host="${HOST:-backend-$number.$REGION.run.app}"
ensure 'check backend answers' monitoring uptime list-configs --filter="$(is displayName 'backend answers')" -- \
  monitoring uptime create 'backend answers' --resource-type=uptime-url --resource-labels="host=$host,project_id=$PROJECT_ID" \
  --protocol=https --port=443 --path=/health --period=5 --timeout=10

step "Alert policies"
# What people changed in a policy that is there stays. A channel that was connected since is added to it.
for file in "$monitoring"/alerts/*.json; do
  name=$(display_name "$file")
  ensure "policy $name" alpha monitoring policies list --filter="displayName=\"$name\"" -- \
    alpha monitoring policies create --policy-from-file="$file" --notification-channels="$told"
  found=$(look alpha monitoring policies list --filter="displayName=\"$name\"" --limit=1 --format="value(name,notificationChannels)")
  IFS=$'\t' read -r policy known <<<"$found"
  for channel in "${channels[@]}"; do
    [[ ";$known;" == *";$channel;"* || -z $policy ]] && continue
    made=$((made + 1))
    run alpha monitoring policies update "$policy" --add-notification-channels="$channel"
  done
done

step "Dashboards"
for file in "$monitoring"/dashboards/*.json; do
  name=$(display_name "$file")
  ensure "dashboard $name" monitoring dashboards list --filter="displayName=\"$name\"" -- \
    monitoring dashboards create --config-from-file="$file"
done

finish
