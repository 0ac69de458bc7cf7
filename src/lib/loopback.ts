const names = new Set(["127.0.0.1", "::1", "localhost"]);

/** Whether a host, as an address has it, is this machine alone. */
export function isLoopback(host: string): boolean {
  return names.has(host.replace(/^\[|\]$/g, ""));
}
