import { spawnSync } from "node:child_process";

/**
 * As whom a server runs. Postgres refuses root. In a namespace of its own it is somebody else only for itself: its files stay
 * root's and it reaches what root owns. Where that is refused it has to be another user.
 */
export type RunAs =
  | { readonly kind: "self" }
  | { readonly kind: "namespace"; readonly uid: number; readonly gid: number }
  | { readonly kind: "user"; readonly uid: number; readonly gid: number };

export type Invocation = {
  readonly file: string;
  readonly args: readonly string[];
  readonly options: { readonly uid?: number; readonly gid?: number };
};

/** How a program is started as that. It keeps its process id: nothing stays in between. */
export function invocation(runAs: RunAs, file: string, args: readonly string[]): Invocation {
  switch (runAs.kind) {
    case "self":
      return { file, args, options: {} };
    case "user":
      return { file, args, options: { uid: runAs.uid, gid: runAs.gid } };
    case "namespace": {
      const map = ["--user", `--map-user=${runAs.uid}`, `--map-group=${runAs.gid}`];
      return { file: "unshare", args: [...map, "--", file, ...args], options: {} };
    }
  }
}

/** What Postgres gets to see of our environment: none of it but the way to programs. */
export const serverEnv = (): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "/usr/bin:/bin",
  LC_ALL: "C",
  TZ: "UTC",
});

/** The ways that work here, the best first. */
export function waysToRun(): readonly RunAs[] {
  if (process.geteuid?.() !== 0) return [{ kind: "self" }];
  const users = [process.env["SUDO_UID"], "postgres", "nobody"].flatMap((name) => userOf(name) ?? []);
  const [first] = users;
  const namespace: readonly RunAs[] = first ? [{ kind: "namespace", ...first }] : [];
  return [...namespace, ...users.map((user): RunAs => ({ kind: "user", ...user }))].filter(works);
}

/** Only users with an entry: `initdb` and `postgres` look up their own name. */
function userOf(name: string | undefined): { uid: number; gid: number } | undefined {
  if (name === undefined || name === "0") return undefined;
  const [entry, uid, gid] = ["-nu", "-u", "-g"].map((flag) => output("id", [flag, "--", name]));
  if (entry === undefined || entry === uid) return undefined;
  return uid !== "0" && /^\d+$/.test(uid ?? "") && /^\d+$/.test(gid ?? "") ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

function works(runAs: RunAs): boolean {
  if (runAs.kind === "self") return true;
  const { file, args, options } = invocation(runAs, "id", ["-u"]);
  return output(file, args, options) === String(runAs.uid);
}

/** Whether whoever runs as that gets to a folder or program: one closed folder above is enough to be refused. */
export function reaches(runAs: RunAs, place: string): boolean {
  const { file, args, options } = invocation(runAs, "test", ["-x", place]);
  return output(file, args, options) !== undefined;
}

function output(file: string, args: readonly string[], options: Invocation["options"] = {}): string | undefined {
  const { status, stdout } = spawnSync(file, args, {
    ...options,
    cwd: "/",
    env: serverEnv(),
    encoding: "utf8",
    timeout: 10_000,
    stdio: ["ignore", "pipe", "ignore"],
  });
  return status === 0 ? stdout.trim() : undefined;
}
