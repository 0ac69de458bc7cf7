import { UserError } from "../../lib/errors.ts";
import { type Command, exit } from "../command.ts";

const scripts: Readonly<Record<string, string>> = {
  bash: `_gantry() {
  # Read line by line: what completes is text, and is never looked at as shell.
  local word
  COMPREPLY=()
  while IFS= read -r word; do
    [[ $word == "\${COMP_WORDS[COMP_CWORD]}"* ]] && COMPREPLY+=("$word")
  done < <(gantry --complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _gantry gantry
`,
  zsh: `#compdef gantry
_gantry() {
  local -a words_found
  words_found=("\${(@f)$(gantry --complete "\${(@)words[2,$CURRENT]}" 2>/dev/null)}")
  compadd -a words_found
}
compdef _gantry gantry
`,
  fish: `complete -c gantry -f -a '(gantry --complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
`,
};

export const completion: Command = {
  name: "completion",
  summary: "Prints a script that completes commands, options, environments and paths in your shell.",
  takes: "<shell>",
  completes: [["bash", "zsh", "fish"]],
  options: {},
  examples: [
    "gantry completion bash >> ~/.bashrc",
    "gantry completion zsh > ~/.zfunc/_gantry",
    "gantry completion fish > ~/.config/fish/completions/gantry.fish",
  ],
  async run({ args: [shell = ""], options, out }) {
    const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
    if (script === undefined)
      throw new UserError("usage", `gantry knows no shell ${JSON.stringify(shell)}`, { hint: "one of: bash, zsh, fish" });
    out(options["json"] === true ? `${JSON.stringify({ shell, script }, undefined, 2)}\n` : script);
    return exit.done;
  },
};
