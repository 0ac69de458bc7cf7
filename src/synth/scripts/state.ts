import type { File } from "../file.ts";
import { layoutOf, relative } from "../layout.ts";
import { type Subject, inCloud, productOf } from "../subject.ts";
import { sh, shell } from "./sh.ts";
import { needing, standalone } from "./standalone.ts";

/** Where Terraform's states lie in a bucket with their versions: the script that brings an earlier one back. */
export function stateScripts(subject: Subject): readonly File[] {
  const state = productOf(subject).pipeline?.infrastructure?.state;
  if (state?.in !== "gcs" || state.bucket === undefined || state.versioned !== true || state.restore === undefined) return [];
  const layout = layoutOf(subject);
  const path = `${layout.scripts}/restore-state.sh`;
  const environments = inCloud(subject).map(({ environment }) => environment);
  const cases = environments.map((one) => sh`  ${one}) root=${relative(layout.scripts, layout.terraform(one))} ;;`.shell);
  const text = standalone(
    "restore-state.sh",
    [
      "Brings an earlier version of Terraform's state back. Without a generation it lists the versions that there are.",
      "What is in the cloud stays as it is: look at a plan afterwards before anything is applied.",
    ],
    [
      { flag: "--environment", value: "NAME", sets: "environment", what: `one of: ${environments.join(", ")}` },
      { flag: "--generation", value: "NUMBER", sets: "generation", what: "the version, as the list has it behind the #" },
    ],
    [
      needing("gcloud"),
      needing("terraform"),
      sh`
case $environment in
${shell(cases.join("\n"))}
  *) fail "--environment is one of: ${shell(environments.join(", "))}" 2 ;;
esac
state="gs://${shell(state.bucket)}/$environment/default.tfstate"
if [[ -z $generation ]]; then
  gcloud storage ls --all-versions --long "$state"
  exit 0
fi
[[ $generation =~ ^[0-9]+$ ]] || fail "a generation is a number, not $generation" 2
`,
      sh`
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
gcloud storage cat "$state#$generation" >"$folder/earlier.tfstate"
confirm "Replace the state of $environment by its version $generation?"
if ((dry_run)); then
  say "would replace $state by its version $generation"
  exit 0
fi
cd "$(dirname "\${BASH_SOURCE[0]}")/$root"
# What is replaced is kept: the bucket has it too, but here it is at hand. It holds secrets, so only you may read it.
umask 077
kept="$PWD/replaced-$(date -u +%Y%m%d%H%M%S).tfstate"
terraform state pull >"$kept"
# An earlier state has a lower serial than the present one, which Terraform refuses unless it is told.
terraform state push -force "$folder/earlier.tfstate"
say "Done. What was there before is in $kept: remove it when terraform plan shows what you expect."
`,
    ],
  );
  return [{ path, text, executable: true }];
}
