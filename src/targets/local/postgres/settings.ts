export type ServerKind = { readonly major: number; readonly maxConnections: number; readonly throwaway?: true };

/** The whole configuration of a server, written anew before each start. */
export function serverSettings({ major, maxConnections, throwaway }: ServerKind): string {
  const settings: readonly (readonly [string, string])[] = [
    ["listen_addresses", "'127.0.0.1'"],
    ["unix_socket_directories", "''"],
    ["max_connections", String(maxConnections)],
    // A product that uses up what it may cannot keep out whoever would look into it.
    ["superuser_reserved_connections", "5"],
    ...(major >= 16 ? ([["reserved_connections", "10"]] as const) : []),
    ["password_encryption", "'scram-sha-256'"],
    ["authentication_timeout", "'15s'"],

    // Sized for a laptop that has other things to do; safe as the real one: what was committed survives a power cut.
    ["shared_buffers", "'64MB'"],
    ["max_wal_size", "'512MB'"],
    ["min_wal_size", "'32MB'"],
    ["checkpoint_timeout", "'15min'"],
    ["max_parallel_workers_per_gather", "1"],
    ["jit", "off"],
    ["dynamic_shared_memory_type", process.platform === "win32" ? "'windows'" : "'posix'"],
    ["wal_compression", "on"],

    ["timezone", "'UTC'"],
    ["log_timezone", "'UTC'"],
    ["datestyle", "'iso, mdy'"],
    ["lc_messages", "'C'"],
    ["logging_collector", "off"],
    ["log_line_prefix", "'%m [%p] %q%u@%d '"],
    ["log_checkpoints", "off"],
    ["default_text_search_config", "'pg_catalog.english'"],
    ...(throwaway === true ? forgetful : []),
  ];
  return `# Written by Gantry before each start: what is changed here is lost.\n${settings.map(([name, value]) => `${name} = ${value}\n`).join("")}`;
}

/** For what is deleted in a moment: nothing has to outlive a power cut, and nothing is done unasked. */
const forgetful: readonly (readonly [string, string])[] = [
  ["fsync", "off"],
  ["synchronous_commit", "off"],
  ["full_page_writes", "off"],
  ["wal_level", "minimal"],
  ["max_wal_senders", "0"],
  ["autovacuum", "off"],
  ["max_parallel_maintenance_workers", "0"],
];

/** Only over loopback and only with a password; nobody is trusted for being on this machine. */
export const clientRules = "# Written by Gantry before each start.\nhost all all 127.0.0.1/32 scram-sha-256\n";

/** What was set while it ran, by whoever was broken off before it was set back. */
export const noLaterSettings = "# Written by Gantry before each start.\n";
