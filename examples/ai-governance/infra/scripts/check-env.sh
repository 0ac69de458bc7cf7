#!/usr/bin/env bash
# Written by Gantry from the spec: change that, and run `gantry synth`.

# Holds the .env files against infra/env.schema and says all that is wrong with them. CI runs it before the build; in package.json:
#   "env:check": "infra/scripts/check-env.sh"
# What it says never has a value in it: it may be a secret that somebody put there by mistake.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# check ENVIRONMENT FILE
check() {
  if [ ! -f "$2" ]; then
    echo "$2: there is no such file" >&2
    return 1
  fi
  awk -v environment="$1" -v file="$2" '
    function say(what) { print file ": " what > "/dev/stderr"; bad = 1 }

    function fits(kind, value) {
      if (kind == "boolean") return value ~ /^(true|false)$/
      if (kind == "number") return value ~ /^-?[0-9]+(\.[0-9]+)?$/
      if (kind == "url") return value ~ /^[a-z][a-z0-9+.-]*:\/\/[^ ]+$/
      if (kind ~ /^one-of:/) return value != "" && index("," substr(kind, 8) ",", "," value ",") > 0
      return value != ""
    }

    NR == FNR {
      if ($0 ~ /^#/ || NF < 3) next
      for (i = 3; i <= NF; i++)
        if ($i == "*" || $i == environment) {
          kind[$1] = $2
          names[++count] = $1
        }
      next
    }

    { sub(/\r$/, "") }
    /^[[:space:]]*(#|$)/ { next }
    !/^[A-Za-z_][A-Za-z0-9_]*=/ { say("line " FNR " is not NAME=value"); next }
    {
      name = substr($0, 1, index($0, "=") - 1)
      value = substr($0, index($0, "=") + 1)
      if (value ~ /^".*"$/ || value ~ /^\047.*\047$/) value = substr(value, 2, length(value) - 2)
      if (name in seen) say(name " stands there twice")
      seen[name] = 1
      if (!(name in kind)) say(name " is not known")
      else if (kind[name] == "secret") { if (value != "") say(name " is a secret: its value belongs in the secret store") }
      else if (value == "") say(name " has no value")
      else if (!fits(kind[name], value)) say(name " is no " kind[name])
    }

    END {
      for (i = 1; i <= count; i++)
        if (kind[names[i]] != "secret" && !(names[i] in seen)) say(names[i] " is missing")
      exit bad
    }
  ' infra/env.schema "$2"
}

failed=0
check development .env.development || failed=1
check staging .env.staging || failed=1
check production .env.production || failed=1
exit "$failed"
