/** What a process may know of the machine it runs on. Nothing else of the agent's own environment reaches it. */
const passedOn = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "SystemRoot"] as const;

export function processEnvironment(
  own: Readonly<Record<string, string>>,
  added: Readonly<Record<string, string | undefined>>,
  outer: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of passedOn) {
    const value = outer[name];
    if (value !== undefined) environment[name] = value;
  }
  for (const [name, value] of [...Object.entries(own), ...Object.entries(added)])
    if (value !== undefined) environment[name] = value;
  return environment;
}
