import { rulesOf } from "../../../signals/rules/rules-of.ts";
import { cluster } from "../../kubernetes/cluster.ts";
import { needsPushes } from "../../monitoring/prometheus/exporters.ts";
import { toolsBeside, tools } from "../../monitoring/watch.ts";
import type { Subject } from "../../subject.ts";
import { type Shell, paragraphs, sh, shell } from "../sh.ts";
import { type OperatedEnvironment, operated } from "./place.ts";

// How backups went, in the names that the rules about them read: backup_last_exit_code, backup_last_success_timestamp_seconds and
// backup_runs_total, each with its resource.

/** After the question and before the work: whatever ends the script from here on is told, as a success only of what was backed up. */
export function tellingBackups(subject: Subject, resources: readonly string[]): Shell {
  return paragraphs(
    whereTold(subject),
    sh`
# Whoever watches the backups reads how each went. A report that does not get there is said, and makes no backup fail.
backed_up=()
counted() { # counted <resource> <outcome> <what was told before>
  awk -v resource="resource=\"$1\"" -v outcome="outcome=\"$2\"" \
    'index($1, "backup_runs_total{") == 1 && index($1, resource) && index($1, outcome) { many = $2 } END { printf "%d", many }' <<<"$3"
}
report() { # report <resource> <exit status>
  local resource=$1 code=$2 before="" at="" well failed file
  if [[ -n $metrics_folder ]]; then
    file=$metrics_folder/backup_$resource.prom
    if [[ -e $file ]]; then before=$(cat "$file") || return 1; fi
  else
    before=$(curl --fail --silent --show-error --max-time 10 "$pushgateway/metrics") || return 1
  fi
  well=$(counted "$resource" succeeded "$before") || return 1
  failed=$(counted "$resource" failed "$before") || return 1
  if ((code == 0)); then
    well=$((well + 1))
    at="backup_last_success_timestamp_seconds{resource=\"$resource\"} $(date -u +%s)"
  else
    failed=$((failed + 1))
    # What is pushed stays beside what was pushed before; a file is written anew.
    if [[ -n $metrics_folder ]]; then at=$(grep '^backup_last_success_timestamp_seconds{' <<<"$before") || at=""; fi
  fi
  told() {
    echo "# TYPE backup_last_exit_code gauge"
    echo "backup_last_exit_code{resource=\"$resource\"} $code"
    echo "# TYPE backup_runs_total counter"
    echo "backup_runs_total{resource=\"$resource\",outcome=\"succeeded\"} $well"
    echo "backup_runs_total{resource=\"$resource\",outcome=\"failed\"} $failed"
    if [[ -n $at ]]; then
      echo "# TYPE backup_last_success_timestamp_seconds gauge"
      echo "$at"
    fi
  }
  if [[ -n $metrics_folder ]]; then
    # Only *.prom is read: nobody sees half a file.
    told >"$file.$$" && chmod 0644 "$file.$$" && mv -f "$file.$$" "$file" && return 0
    rm -f "$file.$$"
    return 1
  fi
  told | curl --fail --silent --show-error --max-time 10 --output /dev/null --data-binary @- \
    "$pushgateway/metrics/job/backup/resource/$resource"
}
report_all() {
  local resource code
  ((dry_run)) && return
  if [[ -z $metrics_folder$pushgateway ]]; then
    note "nobody is told how this went: neither USE_METRICS_FOLDER nor USE_PUSHGATEWAY is set"
    return
  fi
  for resource in ${shell(resources.map((one) => sh`${one}`.shell).join(" "))}; do
    code=$((ended == 0 ? 1 : ended))
    if [[ " \${backed_up[*]} " == *" $resource "* ]]; then code=0; fi
    report "$resource" "$code" || note "whoever watches the backups was not told of $resource"
  done
}
later report_all
`,
  );
}

/** The Pushgateway beside the Prometheus that watches the environment, or a folder that a node_exporter reads. */
function whereTold(subject: Subject): Shell {
  const watched = operated(subject).filter(pushes);
  const names = watched.map(({ environment }) => sh`${environment}`.shell).join(" | ");
  const usual = `http://pushgateway.${cluster.monitoring.namespace}.svc:${tools.pushgateway.port}`;
  return paragraphs(
    sh`
metrics_folder=\${USE_METRICS_FOLDER:-}
`,
    watched.length === 0
      ? sh`
pushgateway=\${USE_PUSHGATEWAY:-}
`
      : sh`
# From outside the cluster: kubectl --namespace ${cluster.monitoring.namespace} port-forward service/pushgateway ${tools.pushgateway.port}, and its address.
case $environment in
  ${shell(names)}) pushgateway=\${USE_PUSHGATEWAY-${shell(usual)}} ;;
  *) pushgateway=\${USE_PUSHGATEWAY:-} ;;
esac
`,
  );
}

function pushes(environment: OperatedEnvironment): boolean {
  return toolsBeside(environment).prometheus && needsPushes({ environment, rules: rulesOf(environment) });
}
