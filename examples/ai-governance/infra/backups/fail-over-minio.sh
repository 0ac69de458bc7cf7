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
start "Makes the MinIO of the second region the one that is written to. It has the files already, but for the last ones: what the
old one still has comes over once it is back. Nothing goes the other way: before anybody returns there, the files are copied back." "$@"
second_region
need mc kubectl

# Each is asked in its own cluster: what is looked at is whether the second one has everything.
open_minio there "$standby_region" || fail "the MinIO in $standby_region cannot be reached"
mc ls "there/evidence" >/dev/null || fail "the MinIO in $standby_region does not answer"
if ((!accept_loss)); then
  open_minio live "$region" || fail "what is still missing there is not known; --accept-loss goes on"
  missing=$(mc diff "live/evidence" "there/evidence" | wc -l) || fail "what is still missing there is not known; --accept-loss goes on"
  ((missing == 0)) || fail "$missing files differ between the regions; --accept-loss goes on"
fi

confirm "Let $environment write to the MinIO in $standby_region?"
use_cluster "$standby_region"
take_secrets
