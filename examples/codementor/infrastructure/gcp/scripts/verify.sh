#!/usr/bin/env bash
# Written by Gantry from the spec: change that, and run `gantry synth`.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

extra_usage=" [--json]"
extra_options="
      --json              one document on standard output instead of lines for eyes"
json=0
own_argument() {
  [[ $1 == --json ]] && json=1
}

start "Verification: looks whether everything is there and as it should be. It changes nothing. It ends with 0 when every
verdict is a pass, and with 1 when something is wrong or cannot be seen." "$@"

documents=""
worst=0

# begin <check>, then what is expected of it, then conclude.
begin() {
  check=$1 verdict=pass details=()
}

# expect <what> <value> <question>: the value is compared letter by letter.
expect() {
  local what=$1 wanted=$2 answer
  shift 2
  if answer=$(cloud "$@" 2>"$complaints"); then
    if [[ $answer == "$wanted" ]]; then
      details+=("$what: $wanted")
    else
      verdict=fail
      details+=("$what: ${answer:-nothing}, not $wanted")
    fi
    return
  fi
  if is_missing; then
    verdict=fail
    details+=("$what: not there")
  else
    # Whoever may not look knows nothing: that is no pass, and no proof of a fault either.
    [[ $verdict == fail ]] || verdict=inconclusive
    details+=("$what: cannot be seen: $(head -n 1 "$complaints")")
  fi
}

conclude() {
  local detail colour=$green list=""
  if [[ $verdict != pass ]]; then
    worst=1
    colour=$red
    [[ $verdict == inconclusive ]] && colour=$yellow
  fi
  for detail in "${details[@]}"; do list+="${list:+,}$(quoted "$detail")"; done
  documents+="${documents:+,}{\"check\":\"$check\",\"verdict\":\"$verdict\",\"details\":[$list]}"
  ((json)) && return
  printf '%s%-13s%s%s\n' "$colour" "$verdict" "$plain" "$check"
  printf '  %s\n' "${details[@]}"
}

# quoted <text>: as JSON has it.
quoted() {
  local text=${1//\\/\\\\}
  text=${text//\"/\\\"}
  text=${text//$'\n'/\\n}
  text=${text//$'\t'/\\t}
  printf '"%s"' "${text//[$'\001'-$'\037']/ }"
}

begin project
expect "state" ACTIVE projects describe "$PROJECT_ID" --format="value(lifecycleState)"
expect "billing enabled" True billing projects describe "$PROJECT_ID" --format="value(billingEnabled)"
conclude

begin apis
for api in $APIS; do
  expect "$api" ENABLED services list --enabled --filter="$(is config.name "$api")" --format="value(state)"
done
conclude

begin databases
expect "state of $DB_INSTANCE" RUNNABLE sql instances describe "$DB_INSTANCE" --format="value(state)"
expect "version" "$DB_VERSION" sql instances describe "$DB_INSTANCE" --format="value(databaseVersion)"
expect "public address" False sql instances describe "$DB_INSTANCE" --format="value(settings.ipConfiguration.ipv4Enabled)"
expect "TLS" ENCRYPTED_ONLY sql instances describe "$DB_INSTANCE" --format="value(settings.ipConfiguration.sslMode)"
expect "backups" True sql instances describe "$DB_INSTANCE" --format="value(settings.backupConfiguration.enabled)"
expect "database" "$DB_DATABASE" sql databases describe "$DB_DATABASE" --instance="$DB_INSTANCE" --format="value(name)"
conclude

begin caches
expect "state of $CACHE_INSTANCE" READY redis instances describe "$CACHE_INSTANCE" --region="$REGION" --format="value(state)"
expect "version" "${CACHE_VERSION^^}" redis instances describe "$CACHE_INSTANCE" --region="$REGION" --format="value(redisVersion)"
expect "password" True redis instances describe "$CACHE_INSTANCE" --region="$REGION" --format="value(authEnabled)"
expect "TLS" SERVER_AUTHENTICATION redis instances describe "$CACHE_INSTANCE" --region="$REGION" --format="value(transitEncryptionMode)"
conclude

begin secrets
for name in "$DB_PASSWORD_SECRET" "$DB_URL_SECRET" "$CACHE_URL_SECRET"; do
  expect "$name" ENABLED secrets versions describe latest --secret="$name" --format="value(state)"
done
conclude

begin network
expect "network" "$NETWORK" compute networks describe "$NETWORK" --format="value(name)"
expect "subnet's range" "$SUBNET_RANGE" compute networks subnets describe "$SUBNET" --region="$REGION" --format="value(ipCidrRange)"
expect "peered range" "$SERVICES_RANGE" services vpc-peerings list --network="$NETWORK" --format="value(reservedPeeringRanges)"
expect "connector" READY compute networks vpc-access connectors describe "$CONNECTOR" --region="$REGION" --format="value(state)"
conclude

((json)) && printf '{"environment":%s,"project":%s,"verdicts":[%s]}\n' \
  "$(quoted "$environment")" "$(quoted "$PROJECT_ID")" "$documents"
exit "$worst"
