#!/usr/bin/env bash
# Written by Gantry from the spec: change that, and run `gantry synth`.

# Brings an earlier version of Terraform's state back. Without a generation it lists the versions that there are.
# What is in the cloud stays as it is: look at a plan afterwards before anything is applied.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }

# fail <message> [status]: 1 for a no, 2 for a wrong argument, 3 for what is there already, 4 for what is not allowed.
fail() {
  say "error: $1"
  exit "${2:-1}"
}

# confirm <question>: goes on after a yes.
confirm() {
  ((assume_yes || dry_run)) && return
  [[ -t 0 ]] || fail "nobody is there to ask: say --yes" 2
  local answer
  read -r -p "$1 [y/N] " answer
  [[ $answer == [yY] || $answer == [yY][eE][sS] ]] || fail "stopped, nothing was done"
}

environment=""
generation=""
assume_yes=0
dry_run=0
usage() {
  cat <<'TEXT'
usage: restore-state.sh [options]

  --environment=NAME   one of: dev, staging, prod
  --generation=NUMBER  the version, as the list has it behind the #
  --yes                do not ask before acting
  --dry-run            look, say what would be done, and do nothing
  --help               this text
TEXT
}
while (($#)); do
  case $1 in
    --environment=*) environment=${1#*=} ;;
    --generation=*) generation=${1#*=} ;;
    --yes) assume_yes=1 ;;
    --dry-run) dry_run=1 ;;
    --help)
      usage
      exit 0
      ;;
    *) fail "unknown argument: $1 (--help says which there are)" 2 ;;
  esac
  shift
done

command -v gcloud >/dev/null || fail "gcloud is not installed" 2

command -v terraform >/dev/null || fail "terraform is not installed" 2

case $environment in
  dev) root=../envs/dev ;;
  staging) root=../envs/staging ;;
  prod) root=../envs/prod ;;
  *) fail "--environment is one of: dev, staging, prod" 2 ;;
esac
state="gs://bytereview-tf-state/$environment/default.tfstate"
if [[ -z $generation ]]; then
  gcloud storage ls --all-versions --long "$state"
  exit 0
fi
[[ $generation =~ ^[0-9]+$ ]] || fail "a generation is a number, not $generation" 2

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
gcloud storage cat "$state#$generation" >"$folder/earlier.tfstate"
confirm "Replace the state of $environment by its version $generation?"
if ((dry_run)); then
  say "would replace $state by its version $generation"
  exit 0
fi
cd "$(dirname "${BASH_SOURCE[0]}")/$root"
# What is replaced is kept: the bucket has it too, but here it is at hand. It holds secrets, so only you may read it.
umask 077
kept="$PWD/replaced-$(date -u +%Y%m%d%H%M%S).tfstate"
terraform state pull >"$kept"
# An earlier state has a lower serial than the present one, which Terraform refuses unless it is told.
terraform state push -force "$folder/earlier.tfstate"
say "Done. What was there before is in $kept: remove it when terraform plan shows what you expect."
