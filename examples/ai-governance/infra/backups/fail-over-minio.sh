#!/usr/bin/env bash
# Written by Gantry from the spec: change that, and run `gantry synth`.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib.sh"

accept_loss=0
extra_options="
  --accept-loss         go on although files are not in the second region yet, or nobody knows"
own_option() {
  [[ $1 == --accept-loss ]] && accept_loss=1
}
start "Makes the MinIO of the second region the one that is written to. It has the files already, but for the last ones: both
copy to each other, so what the old one still has comes over once it is back." "$@"
second_region
need mc

# The secret there names the MinIO that stands there: what is looked at here is whether it has everything.
MC_HOST_there=$(minio_in "$standby_region")
export MC_HOST_there
mc ls "there/evidence" >/dev/null || fail "the MinIO in $standby_region does not answer"
if ((!accept_loss)); then
  MC_HOST_live=$(minio_in "$region") || fail "what is still missing there is not known; --accept-loss goes on"
  export MC_HOST_live
  missing=$(mc diff "live/evidence" "there/evidence" | wc -l) || fail "what is still missing there is not known; --accept-loss goes on"
  ((missing == 0)) || fail "$missing files differ between the regions; --accept-loss goes on"
fi

confirm "Let $environment write to the MinIO in $standby_region?"
use_cluster "$standby_region"
# The services of the second region read their address when they start.
run kubectl --namespace="$namespace" rollout restart deployment
run kubectl --namespace="$namespace" rollout status deployment --timeout=10m
