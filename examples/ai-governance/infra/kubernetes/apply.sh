#!/usr/bin/env bash
# Written by Gantry from the spec: change that, and run `gantry synth`.

# Brings an overlay and a version into the cluster that kubectl speaks to: what Terraform knows is put in, the databases are
# migrated, and only then the new pods start. It works on a copy: no file here is changed by it.
set -euo pipefail

fail() {
  echo "error: $*" >&2
  exit 2
}
(($# == 2)) || fail "usage: $(basename "$0") <overlay> <version: the tag of its images>"
overlay=$1
version=$2
[[ $version =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$ ]] || fail "not a tag of an image: $version"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

case ${overlay%-standby} in
  staging)
    namespace=ai-governance
    root=$here/../terraform/staging
    from_terraform=''
    trusted_from_terraform=''
    trusted_from_minio=yes
    migrations=(migrate-db)
    deployments=(frontend proxy backend)
    ;;
  production)
    namespace=ai-governance
    root=$here/../terraform/production
    from_terraform=''
    trusted_from_terraform=''
    trusted_from_minio=yes
    migrations=(migrate-db)
    deployments=(frontend proxy backend)
    ;;
  *) fail "no environment is called $overlay" ;;
esac
# What the first region has migrated comes over by itself: the database here is a copy, which takes no changes.
[[ $overlay != *-standby ]] || migrations=()
[[ -f $here/overlays/$overlay/kustomization.yaml ]] || fail "there is no overlay $overlay"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$here/." "$work"
if [[ -n $from_terraform ]]; then
  terraform -chdir="$root" output -json terraform_env |
    jq --raw-output 'to_entries[] | "\(.key)=\(.value)"' >"$work/overlays/${overlay%-standby}/terraform.env"
fi
# Stores that sign their certificates themselves: whoever calls them is given the authority.
trusted=$work/overlays/${overlay%-standby}/trusted.pem
if [[ -n $trusted_from_terraform ]]; then
  terraform -chdir="$root" output -raw trusted_ca >>"$trusted"
  echo >>"$trusted"
fi
if [[ -n $trusted_from_minio ]]; then
  kubectl --namespace minio get secret minio-tls --output jsonpath='{.data.ca\.crt}' | base64 -d >>"$trusted"
fi
for file in "$work"/overlays/*/kustomization.yaml; do
  sed "s/newTag: from-the-release$/newTag: \"$version\"/" "$file" >"$work/changed"
  cp "$work/changed" "$file"
done
kubectl kustomize "$work/overlays/$overlay" >"$work/all.yaml"
# All but what starts pods of the new version.
awk '
  function done() { if (doc != "" && !pods) printf "---\n%s", doc; doc = ""; pods = 0 }
  /^---$/ { done(); next }
  /^kind: Deployment$/ { pods = 1 }
  { doc = doc $0 "\n" }
  END { done() }
' "$work/all.yaml" >"$work/before.yaml"

kubectl apply -f "$work/overlays/${overlay%-standby}/namespace.yaml"
kubectl apply -f "$work/before.yaml"

for name in "${migrations[@]}"; do
  job=$name-$(tr '[:upper:]_.' '[:lower:]--' <<<"${version:0:10}")
  job=${job%%-}
  # Said again for the same version, it waits for what runs or has run already.
  kubectl --namespace "$namespace" get job "$job" >/dev/null 2>&1 ||
    kubectl --namespace "$namespace" create job "$job" --from="cronjob/$name"
  kubectl --namespace "$namespace" wait --for condition=complete "job/$job" --timeout 15m
done

kubectl apply -f "$work/all.yaml"
for name in "${deployments[@]}"; do
  kubectl --namespace "$namespace" rollout status "deployment/$name" --timeout 10m
done
