import { readFileSync } from "node:fs";
import { certificateEnd } from "./certificate.ts";
import type { Watcher } from "./watcher.ts";

/** A host whose certificate is looked at, and where it is spoken to. */
type CertificateHost = {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  /** Somebody asked for it: that it shows none is worth a word. */
  readonly asked: boolean;
};

const everyMs = 5_000;
/** Certificates last for weeks: a host that showed one is left alone for a while. */
const againMs = 600_000;
const againAfterFailureMs = 60_000;

type Seen = { readonly atMs: number; readonly end?: number; readonly problem?: string };

/** Looks at certificates of hosts. A host that answers at several ports is as good as the first of its certificates to end. */
export function createCertificates(hosts: () => readonly CertificateHost[], now: () => number): Watcher {
  let seen = new Map<string, Seen>();
  let problems: readonly string[] = [];
  return {
    name: "certificates",
    everyMs,
    async look() {
      const wanted = hosts();
      const nowMs = now();
      const before = seen;
      const each = await Promise.all(
        wanted.map(async (one) => {
          const key = `${one.host} ${one.address} ${one.port}`;
          const known = before.get(key);
          const dueMs = known === undefined ? 0 : known.atMs + (known.end === undefined ? againAfterFailureMs : againMs);
          const found = known !== undefined && nowMs < dueMs ? known : { atMs: nowMs, ...(await certificateEnd(one)) };
          return { ...one, key, found };
        }),
      );
      seen = new Map(each.map(({ key, found }) => [key, found]));
      problems = each.flatMap(({ host, asked, found }) =>
        asked && found.problem !== undefined ? [`${host} shows none: ${found.problem}`] : [],
      );
      const ends = new Map<string, number>();
      for (const { host, found } of each)
        if (found.end !== undefined) ends.set(host, Math.min(found.end, ends.get(host) ?? Infinity));
      return Array.from(ends, ([host, value]) => ({ name: "probe_ssl_earliest_cert_expiry", labels: { host }, value }));
    },
    problems: () => problems,
  };
}

const mostHosts = 50;
const mostCharacters = 65_536;
const hostName = /^(?!-)[a-z0-9.-]{1,253}$/i;

/** The hosts that a file names, a line each: `host`, or `host address:port` where it is spoken to elsewhere. Nothing where there is no file. */
export function certificateHostsIn(file: string): readonly CertificateHost[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  if (text.length > mostCharacters) throw new Error("the list of hosts is larger than 64 KiB");
  const lines = text.split("\n").map((line, index) => ({ words: line.replace(/#.*/, "").trim(), number: index + 1 }));
  const named = lines.filter(({ words }) => words !== "");
  if (named.length > mostHosts) throw new Error(`the list names more than ${mostHosts} hosts`);
  return named.map(({ words, number }) => {
    const [host = "", at = `${host}:443`, ...more] = words.split(/\s+/);
    const [, address = "", port = "443"] = /^(.+?)(?::(\d{1,5}))?$/.exec(at) ?? [];
    const valid = hostName.test(host) && hostName.test(address) && Number(port) >= 1 && Number(port) <= 65_535;
    if (!valid || more.length > 0)
      throw new Error(`line ${number} is no host: write "shop.example" or "shop.example 127.0.0.1:8443"`);
    return { host, address, port: Number(port), asked: true };
  });
}

/** Hosts of a spec that are on this machine whatever a name server says; the others are somebody's production, perhaps. */
export function loopbackHosts(hosts: readonly string[]): readonly CertificateHost[] {
  return [...new Set(hosts)].flatMap((one): CertificateHost[] => {
    const [, host = "", port = "443"] = /^([^:]+)(?::(\d+))?$/.exec(one) ?? [];
    if (!/^(127(\.\d{1,3}){3}|([a-z0-9-]+\.)*localhost)$/i.test(host)) return [];
    return [{ host, address: "127.0.0.1", port: Number(port), asked: false }];
  });
}
