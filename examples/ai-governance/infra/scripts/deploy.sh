#!/usr/bin/env bash
# Written by Gantry from the spec: change that, and run `gantry synth`.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

version=""
extra_options="
  --version=VERSION     the images' tag: a commit or a release"
own_option() {
  [[ $1 == --version=* ]] || return 1
  version=${1#*=}
}
start "Ships a version that the pipeline has built." "$@"
[[ $version =~ ^[A-Za-z0-9._-]+$ ]] || fail "say which version: --version" 2

need npx
confirm "Ship $version to $environment?"
# Gantry keeps to the strategy and the gates of the spec.
run npx gantry release "$environment" --version "$version"
