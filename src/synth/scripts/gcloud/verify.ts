import { type Shell, paragraphs, sh, shell } from "../sh.ts";
import type { Plan } from "./plan.ts";

/** Looks whether all of it is there and as it should be: a verdict each. What cannot be seen has not passed. */
export function verifyScript(plan: Plan): Shell {
  const checks = plan.first.verified ?? ["project", "apis", "databases", "caches", "secrets", "network"];
  const texts = { ...written, ...perResource(plan) };
  return paragraphs(
    sh`
extra_usage=" [--json]"
extra_options="
      --json              one document on standard output instead of lines for eyes"
json=0
own_argument() {
  [[ $1 == --json ]] && json=1
}
`,
    sh`
start "Verification: looks whether everything is there and as it should be. It changes nothing. It ends with 0 when every
verdict is a pass, and with 1 when something is wrong or cannot be seen." "$@"
need PROJECT_ID "the project's id"
`,
    judging,
    ...checks.map((check) => texts[check]),
    sh`
((json)) && printf '{"environment":%s,"project":%s,"verdicts":[%s]}\n' \
  "$(quoted "$environment")" "$(quoted "$PROJECT_ID")" "$documents"
exit "$worst"
`,
  );
}

const judging = sh`
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
      details+=("$what: \${answer:-nothing}, not $wanted")
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
  for detail in "\${details[@]}"; do list+="\${list:+,}$(quoted "$detail")"; done
  documents+="\${documents:+,}{\"check\":\"$check\",\"verdict\":\"$verdict\",\"details\":[$list]}"
  ((json)) && return
  printf '%s%-13s%s%s\n' "$colour" "$verdict" "$plain" "$check"
  printf '  %s\n' "\${details[@]}"
}

# quoted <text>: as JSON has it.
quoted() {
  local text=\${1//\\/\\\\}
  text=\${text//\"/\\\"}
  text=\${text//$'\n'/\\n}
  text=\${text//$'\t'/\\t}
  printf '"%s"' "\${text//[$'\001'-$'\037']/ }"
}
`;

const written = {
  project: sh`
begin project
expect "state" ACTIVE projects describe "$PROJECT_ID" --format="value(lifecycleState)"
expect "billing enabled" True billing projects describe "$PROJECT_ID" --format="value(billingEnabled)"
conclude
`,
  apis: sh`
begin apis
for api in $APIS; do
  expect "$api" ENABLED services list --enabled --filter="$(is config.name "$api")" --format="value(state)"
done
conclude
`,
  network: sh`
begin network
expect "network" "$NETWORK" compute networks describe "$NETWORK" --format="value(name)"
expect "subnet's range" "$SUBNET_RANGE" compute networks subnets describe "$SUBNET" --region="$REGION" --format="value(ipCidrRange)"
expect "peered range" "$SERVICES_RANGE" services vpc-peerings list --network="$NETWORK" --format="value(reservedPeeringRanges)"
expect "connector" READY compute networks vpc-access connectors describe "$CONNECTOR" --region="$REGION" --format="value(state)"
conclude
`,
};

function perResource({ databases, caches }: Plan): {
  readonly databases: Shell;
  readonly caches: Shell;
  readonly secrets: Shell;
} {
  const all = (pieces: readonly Shell[]) =>
    shell(
      pieces
        .map((one) => one.shell)
        .join("")
        .replace(/\n$/, ""),
    );
  const secrets = [
    ...databases.flatMap(({ prefix }) => [`${prefix}_PASSWORD_SECRET`, `${prefix}_URL_SECRET`]),
    ...caches.map(({ prefix }) => `${prefix}_URL_SECRET`),
  ];
  return {
    databases: sh`
begin databases
${all(
  databases.map(({ prefix }) => {
    const name = shell(`${prefix}_INSTANCE`);
    return sh`
expect "state of $${name}" RUNNABLE sql instances describe "$${name}" --format="value(state)"
expect "version" "$${shell(prefix)}_VERSION" sql instances describe "$${name}" --format="value(databaseVersion)"
expect "public address" False sql instances describe "$${name}" --format="value(settings.ipConfiguration.ipv4Enabled)"
expect "TLS" ENCRYPTED_ONLY sql instances describe "$${name}" --format="value(settings.ipConfiguration.sslMode)"
expect "backups" True sql instances describe "$${name}" --format="value(settings.backupConfiguration.enabled)"
expect "database" "$${shell(prefix)}_DATABASE" sql databases describe "$${shell(prefix)}_DATABASE" --instance="$${name}" --format="value(name)"
`;
  }),
)}
conclude
`,
    caches: sh`
begin caches
${all(
  caches.map(({ prefix }) => {
    const name = shell(`${prefix}_INSTANCE`);
    return sh`
expect "state of $${name}" READY redis instances describe "$${name}" --region="$REGION" --format="value(state)"
expect "version" "\${${shell(`${prefix}_VERSION`)}^^}" redis instances describe "$${name}" --region="$REGION" --format="value(redisVersion)"
expect "password" True redis instances describe "$${name}" --region="$REGION" --format="value(authEnabled)"
expect "TLS" SERVER_AUTHENTICATION redis instances describe "$${name}" --region="$REGION" --format="value(transitEncryptionMode)"
`;
  }),
)}
conclude
`,
    secrets: sh`
begin secrets
for name in ${shell(secrets.map((one) => `"$${one}"`).join(" "))}; do
  expect "$name" ENABLED secrets versions describe latest --secret="$name" --format="value(state)"
done
conclude
`,
  };
}
