import { list, refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import type { File } from "../file.ts";
import { identifier } from "../names.ts";
import { type Subject, inCloud } from "../subject.ts";
import { inComment, inDoubleQuotes } from "../text/shell.ts";
import { readSecret } from "./secret-store.ts";
import { type Shell, paragraphs, sh, shell } from "./sh.ts";
import { confirming, speakingPlainly } from "./speaking.ts";

type Tenants = Environment["tenants"][string];

/**
 * Scripts that let a tenant in. The statements are the product's own, in a file beside the script: only it knows its tables.
 * The script brings what is the same everywhere: the key and its hash, one transaction, and that a key is shown once.
 */
export function provisioningScripts(subject: Subject): readonly File[] {
  const found = new Map<string, File>();
  for (const environment of inCloud(subject))
    for (const tenants of Object.values(environment.tenants)) {
      const path = tenants.provision?.script;
      if (path === undefined || found.has(path)) continue;
      found.set(path, { path, text: `${provisioning(subject, environment, tenants, path).shell}\n`, executable: true });
    }
  return [...found.values()];
}

function provisioning(subject: Subject, environment: Environment, tenants: Tenants, path: string): Shell {
  const database = environment.resources[refName(tenants.in, "resources") ?? ""];
  const secret = database?.kind === "postgres" ? refName(database.urlIn, "secrets") : undefined;
  const rows = Object.entries(environment.datasets[refName(tenants.provision?.seed, "datasets") ?? ""]?.rows ?? {});
  const pending = pendingApprovals(environment, tenants);
  const name = path.slice(path.lastIndexOf("/") + 1);
  const counted = rows.map(([what, count]) => `${count} sample ${what}`).join(", ");
  return paragraphs(
    sh`
#!/usr/bin/env bash
# Lets a tenant into ${shell(inComment(environment.environment))}: a ${shell(inComment(tenants.key))} and an API key of its own${shell(counted === "" ? "" : `, and ${inComment(counted)}`)}.
# The key is shown once and kept nowhere: the database has its hash. A name that is there already is left as it is.
set -euo pipefail
`,
    speakingPlainly,
    sh`
statements=\${BASH_SOURCE[0]%.sh}.sql
name=""
internal=false
new_key=false
json=0
assume_yes=0
dry_run=0
`,
    sh`
usage() {
  cat <<'TEXT'
usage: ${shell(inComment(name))} --name NAME [options]

      --name=NAME      what the tenant is called
      --internal       a tenant of our own, to try things with
      --new-key        for a tenant that is there: another key, and the old one stops working
      --json           one document on standard output
  -y, --yes            do not ask before acting
      --dry-run        say what would be done, and do nothing
  -h, --help           this text

The database is the one of DATABASE_URL, or else the one whose address is in the secret store.
TEXT
}
`,
    confirming,
    sh`
while (($#)); do
  case $1 in
    --name)
      (($# > 1)) || fail "--name needs a name" 2
      name=$2
      shift
      ;;
    --name=*) name=\${1#*=} ;;
    --internal) internal=true ;;
    --new-key) new_key=true ;;
    --json) json=1 ;;
    -y | --yes) assume_yes=1 ;;
    --dry-run) dry_run=1 ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) fail "unknown argument: $1 (--help says which there are)" 2 ;;
  esac
  shift
done
[[ -n $name ]] || fail "say who it is for: --name" 2
[[ -r $statements ]] || fail "$statements is missing: it holds the statements that make a tenant" 2
command -v psql >/dev/null || fail "psql is not installed: it comes with Postgres' client" 2
`,
    ...pending.map(
      ({ by, of }) => sh`
# What is pending has not been given: until then nobody from outside is let in.
[[ $internal == true ]] ||
  fail "${shell(inDoubleQuotes(inComment(`${of} awaits the approval of ${by}`)))}; --internal makes a tenant of our own" 4
`,
    ),
    sh`
if [[ -z \${DATABASE_URL:-} ]]; then
  DATABASE_URL=$(${readSecret(environment, secret ?? "database-url")})
fi
`,
    connecting,
    sh`
sha256() {
  if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1
}
`,
    sh`
confirm "Let $name into the database $PGDATABASE on $PGHOST?"
if ((dry_run)); then
  say "would make $name in the database $PGDATABASE on $PGHOST"
  exit 0
fi
key=${shell(keyPrefix(subject.name))}$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
key_hash=$(printf %s "$key" | sha256)
answer=$(
  psql --no-psqlrc --quiet --tuples-only --no-align --field-separator=' ' --set=ON_ERROR_STOP=1 --single-transaction \
    --set=name="$name" --set=key_hash="$key_hash" --set=internal="$internal" --set=new_key="$new_key" \
    ${shell(rows.map(([what, count]) => sh`--set=${shell(identifier(what))}=${count}`.shell).join(" "))} --file="$statements"
)
read -r id outcome <<<"$answer"
`,
    sh`
case $outcome in
  made | "new key") ;;
  kept) fail "$name is there already, as $id; its key was shown when it was made. --new-key makes another" 3 ;;
  *) fail "$statements answered $answer, not an id and one of: made, kept, new key" ;;
esac
if ((json)); then
  printf '{"${shell(tenants.key)}":"%s","apiKey":"%s"}\n' "$id" "$key"
else
  printf '%-12s%s\n' ${tenants.key} "$id" "API key" "$key"
  say "The key is shown this once."
fi
`,
  );
}

const connecting = sh`
# The address goes to psql in parts and through its environment: on a command line, others on this machine could read it.
decoded() { printf '%b' "\${1//%/\\x}"; }
address='^postgres(ql)?://([^:@/]+)(:([^@/]*))?@([^:/?]+)(:([0-9]+))?/([^?]+)(.*[?&]sslmode=([a-z-]+))?'
[[ $DATABASE_URL =~ $address ]] || fail "DATABASE_URL is no address of the form postgresql://user:password@host:port/database" 2
PGUSER=$(decoded "\${BASH_REMATCH[2]}")
PGPASSWORD=$(decoded "\${BASH_REMATCH[4]}")
PGHOST=\${BASH_REMATCH[5]}
PGPORT=\${BASH_REMATCH[7]:-5432}
PGDATABASE=$(decoded "\${BASH_REMATCH[8]}")
PGSSLMODE=\${BASH_REMATCH[10]:-prefer}
export PGUSER PGPASSWORD PGHOST PGPORT PGDATABASE PGSSLMODE
`;

function pendingApprovals(
  { approvals }: Environment,
  { provision }: Tenants,
): readonly { readonly by: string; readonly of: string }[] {
  return list(provision?.requires).flatMap((one) => {
    const name = refName((one as { readonly approval?: unknown }).approval, "approvals");
    const approval = name === undefined ? undefined : approvals[name];
    if (approval === undefined || approval.given !== undefined) return [];
    return [{ by: refName(approval.by, "roles") ?? name ?? "", of: approval.of ?? "letting tenants in" }];
  });
}

/** `proveniq-ledger` makes keys that start with `plk_`: whoever finds one knows whose it is. */
function keyPrefix(product: string): string {
  return `${product
    .split("-")
    .map((part) => part[0] ?? "")
    .join("")}k_`;
}
