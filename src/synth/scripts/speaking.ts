import { sh } from "./sh.ts";

/** How scripts speak: to standard error, in colours where somebody sees them. */
export const speaking = sh`
if [[ -t 2 && -z \${NO_COLOR:-} && \${TERM:-dumb} != dumb ]]; then
  bold=$'\e[1m' green=$'\e[32m' yellow=$'\e[33m' red=$'\e[31m' plain=$'\e[0m'
else
  bold="" green="" yellow="" red="" plain=""
fi

say() { printf '%s\n' "$*" >&2; }
step() { say "\${bold}$*\${plain}"; }
note() { say "  \${yellow}note\${plain}  $*"; }

# fail <message> [status]: 1 for a no, 2 for a wrong argument or setting.
fail() {
  say "\${red}error:\${plain} $1"
  exit "\${2:-1}"
}
`;

/** The same for a script on its own. */
export const speakingPlainly = sh`
say() { printf '%s\n' "$*" >&2; }

# fail <message> [status]: 1 for a no, 2 for a wrong argument, 3 for what is there already, 4 for what is not allowed.
fail() {
  say "error: $1"
  exit "\${2:-1}"
}
`;

export const confirming = sh`
# confirm <question>: goes on after a yes.
confirm() {
  ((assume_yes || dry_run)) && return
  [[ -t 0 ]] || fail "nobody is there to ask: say --yes" 2
  local answer
  read -r -p "$1 [y/N] " answer
  [[ $answer == [yY] || $answer == [yY][eE][sS] ]] || fail "stopped, nothing was done"
}
`;
