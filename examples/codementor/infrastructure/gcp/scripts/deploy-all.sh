#!/usr/bin/env bash
# Written by Gantry from the spec: change that, and run `gantry synth`.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

extra_usage=" [--from SCRIPT]"
extra_options="
      --from=SCRIPT       begin with this one"
from=""
own_argument() {
  [[ $1 == --from=* ]] || return 1
  from=${1#--from=}
}

start "Everything: runs the scripts of this folder in their order. What is there already stays as it is, so it can be run
again at any time, and after an interruption goes on where it stopped." "$@"

steps=(
  00-setup-project.sh
  01-setup-network.sh
  02-provision-database.sh
  03-provision-redis.sh
  04-setup-cloud-run.sh
  05-setup-ci-cd.sh
  06-setup-monitoring.sh
)
[[ -z $from || " ${steps[*]} " == *" $from "* ]] || fail "no script is called $from" 2

step "$environment: project $PROJECT_ID in $REGION"
for name in "${steps[@]}"; do say "  $name"; done
[[ $PRODUCTION == yes ]] && note "this is production"
confirm "Run these ${#steps[@]} scripts?"

declare -A state=()
report() {
  local name
  step "State"
  for name in "${steps[@]}"; do say "  $(printf '%-28s' "$name") ${state[$name]:-not run}"; done
}

arguments=(--environment="$environment" --yes)
((dry_run)) && arguments+=(--dry-run)
count=0
for name in "${steps[@]}"; do
  count=$((count + 1))
  if [[ -n $from && $name != "$from" ]]; then
    state[$name]="skipped"
    continue
  fi
  from=""
  say ""
  step "[$count/${#steps[@]}] $name"
  if ! bash "$scripts/$name" "${arguments[@]}"; then
    state[$name]="${red}failed${plain}"
    report
    fail "$name failed; what it made stays. Run this again when the cause is gone"
  fi
  state[$name]="${green}done${plain}"
done
say ""
report
((dry_run)) || say "Check it with $scripts/verify.sh --environment=$environment"
