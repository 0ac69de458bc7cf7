import { randomBytes } from "node:crypto";
import { open, readFile, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { writeWhole } from "../../system/whole-file.ts";
import type { MailboxConfig, MailView } from "../../wire/resources.ts";
import { Fault } from "../fault.ts";
import { limits } from "../limits.ts";
import type { Places } from "../places.ts";

export type NewMail = Omit<MailView, "id" | "at" | "bytes" | "subject">;

export type Mailboxes = {
  readonly configure: (configs: readonly MailboxConfig[]) => void;
  readonly mailboxOf: (name: string) => MailboxConfig | undefined;
  /** Kept, and on the disk, when it resolves. */
  readonly keep: (about: NewMail, data: AsyncIterable<Buffer>) => Promise<MailView>;
  readonly list: (environment: string) => Promise<MailView[]>;
  readonly read: (environment: string, id: string) => Promise<Buffer | undefined>;
  readonly kept: () => Readonly<Record<string, number>>;
};

/** Mail that services sent. It is kept to be looked at, and goes nowhere. */
export function createMailboxes(places: Places, clock: () => number): Mailboxes {
  let configs = new Map<string, MailboxConfig>();
  let count = 0;
  const kept: Record<string, number> = {};

  /** Ids that sort by time, also within a millisecond. */
  function nextId(): string {
    count += 1;
    return `${clock().toString(36).padStart(9, "0")}${(count % 46_656).toString(36).padStart(3, "0")}${randomBytes(4).toString("hex")}`;
  }

  async function idsIn(folder: string): Promise<string[]> {
    const files = await readdir(folder);
    return files
      .flatMap((file) => /^([a-z0-9]{10,40})\.json$/.exec(file)?.[1] ?? [])
      .toSorted()
      .toReversed();
  }

  return {
    kept: () => kept,
    mailboxOf: (name) => configs.get(name),
    configure: (next) => {
      configs = new Map(next.map((config) => [config.name, config]));
    },

    keep: async (about, data) => {
      const folder = await places.folder(about.environment, "mail");
      const id = nextId();
      const [whole, part] = [path.join(folder, `${id}.eml`), path.join(folder, `${id}.part`)];
      const handle = await open(part, "wx", 0o600);
      let bytes = 0;
      let head = Buffer.alloc(0);
      try {
        for await (const piece of data) {
          bytes += piece.length;
          if (head.length < 65_536) head = Buffer.concat([head, piece]);
          await handle.appendFile(piece);
        }
        await handle.sync();
        await rename(part, whole);
      } catch (error) {
        await rm(part, { force: true });
        throw error;
      } finally {
        await handle.close();
      }
      const view: MailView = {
        id,
        at: new Date(clock()).toISOString(),
        ...about,
        subject: subjectOf(head.toString("utf8")),
        bytes,
      };
      // Last: only what has this file is a mail.
      writeWhole(path.join(folder, `${id}.json`), JSON.stringify({ schemaVersion: 1, ...view }));
      kept[about.environment] = (kept[about.environment] ?? 0) + 1;
      for (const old of (await idsIn(folder)).slice(limits.mailsKept))
        for (const ending of ["json", "eml"]) await rm(path.join(folder, `${old}.${ending}`), { force: true });
      return view;
    },

    list: async (environment) => {
      const folder = await places.folder(environment, "mail");
      const views = [];
      for (const id of await idsIn(folder)) {
        const { schemaVersion: _version, ...view } = JSON.parse(
          await readFile(path.join(folder, `${id}.json`), "utf8"),
        ) as MailView & { schemaVersion: 1 };
        views.push(view);
      }
      return views;
    },

    read: async (environment, id) => {
      if (!/^[a-z0-9]{10,40}$/.test(id)) throw new Fault("NotFound", 404, "there is no such mail");
      const folder = await places.folder(environment, "mail");
      return readFile(path.join(folder, `${id}.eml`)).catch(() => undefined);
    },
  };
}

// oxlint-disable-next-line no-control-regex -- what a terminal would obey
const controls = /[\u0000-\u001f\u007f]/g;

/** The subject as it stands there, unfolded. Encoded words are left to who shows it. */
function subjectOf(text: string): string {
  const lines = text.slice(0, 65_536).split(/\r?\n/);
  const end = lines.indexOf("");
  const head = end < 0 ? lines : lines.slice(0, end);
  const at = head.findIndex((line) => /^subject:/i.test(line));
  if (at < 0) return "";
  const after = head.slice(at + 1).findIndex((line) => !/^[ \t]/.test(line));
  const folded = head.slice(at, after < 0 ? head.length : at + 1 + after).join("");
  return folded.slice("subject:".length).replace(controls, " ").trim().slice(0, 500);
}
