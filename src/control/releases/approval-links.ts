import { createHash, randomBytes } from "node:crypto";
import { approvalsAsked } from "../../delivery/gates/approvals-asked.ts";
import type { Asks } from "../../delivery/machine.ts";
import type { Release } from "../../delivery/release.ts";
import type { LinkRow } from "../../store/approval-links.ts";
import type { Store } from "../../store/store.ts";
import { seal, unseal } from "../../system/sealed.ts";

// By a link a person decides without a command line.
//
// 1. It is 256 random bits. The database has its hash, by which it is found, and the link itself only sealed with this machine's key.
// 2. It is of one run, one step, one role, and of one yes: whoever comes second finds what the first has said.
// 3. Whether it still counts is not written beside it: the run says so, and what was decided is the command that bears its name.

export type ApprovalLinks = {
  /** The address at which this is decided: the same for whoever asks for it again. */
  urlOf(run: string, asks: Asks): Promise<string | undefined>;
  /** Those of all that a release asks people now. */
  ofRelease(release: Release, nowMs: number): Promise<readonly OpenLink[]>;
  find(token: string): Promise<LinkRow | undefined>;
};

export type OpenLink = { readonly role: string; readonly url: string; readonly expiresAt: string };

export function createApprovalLinks({
  store,
  machineKey,
  base,
}: {
  readonly store: Pick<Store, "approvalLinks">;
  readonly machineKey: Buffer;
  /** Where people reach this server. */
  readonly base: string;
}): ApprovalLinks {
  const urlOf: ApprovalLinks["urlOf"] = async (run, { step, gate, role, given }) => {
    const token = randomBytes(32).toString("base64url");
    const sealed = await store.approvalLinks.keep({
      hash: hashOf(token),
      run,
      step,
      gate,
      role,
      given,
      sealed: seal(token, machineKey),
    });
    return sealed === undefined ? undefined : `${base}/approvals/${unseal(sealed, machineKey)}`;
  };
  return {
    urlOf,
    async ofRelease(release, nowMs) {
      const open: OpenLink[] = [];
      for (const { gate, given, expiresAtMs } of approvalsAsked(release, nowMs)) {
        if (given.length >= gate.people) continue;
        const asks = { step: release.at, gate: gate.id, role: gate.role, given: given.length };
        const url = await urlOf(release.id, asks);
        if (url !== undefined) open.push({ role: gate.role, url, expiresAt: new Date(expiresAtMs).toISOString() });
      }
      return open;
    },
    find: async (token) => (/^[A-Za-z0-9_-]{43}$/.test(token) ? store.approvalLinks.find(hashOf(token)) : undefined),
  };
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** The command by which it was decided: there is one of that name, and it is read once. */
export function commandOfLink({ hash }: LinkRow): string {
  return `by link ${hash.toString("hex")}`;
}
