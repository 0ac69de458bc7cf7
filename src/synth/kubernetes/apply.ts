import type { Environment } from "../../spec/environment.ts";
import type { File } from "../file.ts";
import { type Layout, relative } from "../layout.ts";
import { type Shell, paragraphs, sh, shell } from "../scripts/sh.ts";
import type { Subject } from "../subject.ts";
import { word } from "../text/shell.ts";
import { cluster } from "./cluster.ts";
import { migrationJob, migrations } from "./migration.ts";
import { namespaceOf } from "./namespace.ts";
import { allAuthorities, trustedFile } from "./trusted.ts";
import { expectedOutputs } from "./values.ts";
import { workloadsOf } from "./workload.ts";

/** The script that brings an overlay and a version of the product into a cluster, in an order that is safe. */
export function applyScript(subject: Subject, environments: readonly Environment[], layout: Layout): File {
  const places = environments.map((one) => place(subject, one, layout).shell.replace(/\n$/, "")).join("\n");
  return {
    path: `${layout.kubernetes}/${applyName}`,
    executable: true,
    text: `${
      paragraphs(
        head,
        sh`
case \${overlay%-standby} in
${shell(places)}
  *) fail "no environment is called $overlay" ;;
esac
# What the first region has migrated comes over by itself: the database here is a copy, which takes no changes.
[[ $overlay != *-standby ]] || migrations=()
[[ -f $here/overlays/$overlay/kustomization.yaml ]] || fail "there is no overlay $overlay"
`,
        written,
        brought,
      ).shell
    }\n`,
  };
}

export const applyName = "apply.sh";

function place(subject: Subject, environment: Environment, layout: Layout): Shell {
  const name = environment.environment;
  const workloads = workloadsOf(environment);
  const stores = allAuthorities(environment);
  const kindOf = (store: string) => environment.resources[store]?.kind;
  const list = (names: readonly string[]) => shell(names.map(word).join(" "));
  const jobs = Object.keys(environment.resources).map(migrationJob);
  const made = new Set(migrations(environment).map(({ file }) => file));
  return sh`
  ${name})
    namespace=${namespaceOf(subject, environment)}
    root=$here/${relative(layout.kubernetes, layout.terraform(name))}
    from_terraform=${expectedOutputs(environment, workloads).length > 0 ? "yes" : ""}
    trusted_from_terraform=${stores.some((one) => kindOf(one) === "redis") ? "yes" : ""}
    trusted_from_minio=${stores.some((one) => kindOf(one) === "bucket") ? "yes" : ""}
    migrations=(${list(jobs.filter((one) => made.has(`services/${one}.yaml`)))})
    deployments=(${list(workloads.filter(({ service }) => service.kind !== "cron").map((one) => one.name))})
    ;;
`;
}

const head = sh`
#!/usr/bin/env bash
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
here=$(cd "$(dirname "\${BASH_SOURCE[0]}")" && pwd)
`;

const written = sh`
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$here/." "$work"
if [[ -n $from_terraform ]]; then
  terraform -chdir="$root" output -json terraform_env |
    jq --raw-output 'to_entries[] | "\(.key)=\(.value)"' >"$work/overlays/\${overlay%-standby}/terraform.env"
fi
# Stores that sign their certificates themselves: whoever calls them is given the authority.
trusted=$work/overlays/\${overlay%-standby}/${shell(trustedFile)}
if [[ -n $trusted_from_terraform ]]; then
  terraform -chdir="$root" output -raw trusted_ca >>"$trusted"
  echo >>"$trusted"
fi
if [[ -n $trusted_from_minio ]]; then
  kubectl --namespace ${cluster.minio.namespace} get secret minio-tls --output jsonpath='{.data.ca\.crt}' | base64 -d >>"$trusted"
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
`;

const brought = sh`
kubectl apply -f "$work/overlays/\${overlay%-standby}/namespace.yaml"
kubectl apply -f "$work/before.yaml"

for name in "\${migrations[@]}"; do
  job=$name-$(tr '[:upper:]_.' '[:lower:]--' <<<"\${version:0:10}")
  job=\${job%%-}
  # Said again for the same version, it waits for what runs or has run already.
  kubectl --namespace "$namespace" get job "$job" >/dev/null 2>&1 ||
    kubectl --namespace "$namespace" create job "$job" --from="cronjob/$name"
  kubectl --namespace "$namespace" wait --for condition=complete "job/$job" --timeout 15m
done

kubectl apply -f "$work/all.yaml"
for name in "\${deployments[@]}"; do
  kubectl --namespace "$namespace" rollout status "deployment/$name" --timeout 10m
done
`;
