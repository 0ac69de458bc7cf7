import { type Stats, lstatSync, readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../lib/errors.ts";
import { shown } from "../../lib/text.ts";
import type { File } from "../../synth/file.ts";
import { type Manifest, digestOf } from "./manifest.ts";
import { isOpen, partOf, withPart, withoutPart } from "./part.ts";

/** Whether a part stands between its marks, or as if people had written it. */
export type Parts = "marked" | "plain";

/**
 * What is to be done about one file.
 * - `new`, `changed`, `removed`: Gantry's, and nobody else touched it
 * - `edited`, `foreign`: somebody else's hand: changed since it was written, or there before Gantry came
 * - `let go`: not wanted any more, and changed by somebody: it is theirs now
 * - `replaced`: not wanted any more, and what is in its place is no file of text: whatever it is, nobody touches it
 */
export type Kind = "same" | "new" | "changed" | "removed" | "edited" | "foreign" | "let go" | "replaced";

export type Change = {
  readonly path: string;
  readonly is: Kind;
  /** The whole file as it is and as it would be; undefined where there is none. */
  readonly before?: string;
  readonly after?: string;
  readonly executable: boolean;
  /** Of what Gantry wants in it, for the manifest. */
  readonly digest?: string;
};

/** The files of a folder beside those that are wanted. Reads, and changes nothing. */
export function compare(
  folder: string,
  wanted: readonly File[],
  manifest: Manifest | undefined,
  parts: Parts = "marked",
): readonly Change[] {
  const known = manifest?.files ?? new Map<string, readonly string[]>();
  const root = realpathSync(folder);
  const changes = wanted.map((file) => wantedChange(root, file, known.get(file.path), parts));
  const paths = new Set(wanted.map((file) => file.path));
  for (const [name, digests] of known) if (!paths.has(name)) changes.push(...unwantedChange(root, name, digests));
  return changes.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function wantedChange(root: string, file: File, known: readonly string[] | undefined, parts: Parts): Change {
  const found = lookAt(root, file.path);
  if (found.is === "in the way") throw found.refusal;
  const before = found.is === "file" ? found : undefined;
  const after = file.part ? partAfter(file, before?.text ?? "", parts) : file.text;
  const executable = file.executable === true;
  const change = (is: Kind): Change => ({
    path: file.path,
    is,
    ...(before === undefined ? {} : { before: before.text }),
    after,
    executable,
    digest: digestOf(file.text),
  });
  if (before === undefined) return change("new");
  if (file.part && isOpen(file.path, before.text)) return change("edited");
  if (before.text === after && (file.part === true || before.executable === executable)) return change("same");
  const mine = file.part ? partOf(file.path, before.text) : before.text;
  // A part that is not there yet takes nothing from anybody.
  if (file.part && mine === undefined) return change("changed");
  if (before.text === after || known?.includes(digestOf(mine ?? "")) === true) return change("changed");
  return change(known === undefined ? "foreign" : "edited");
}

function partAfter({ path: name, text }: File, whole: string, parts: Parts): string {
  const marked = withPart(name, whole, text);
  return parts === "marked" ? marked : withoutPart(name, marked, text);
}

function unwantedChange(root: string, name: string, digests: readonly string[]): readonly Change[] {
  const before = lookAt(root, name);
  if (before.is === "nothing") return [];
  if (before.is === "in the way") return [{ path: name, is: "replaced", executable: false }];
  const part = partOf(name, before.text);
  if (digests.includes(digestOf(before.text))) return [{ path: name, is: "removed", before: before.text, executable: false }];
  if (part === undefined || !digests.includes(digestOf(part)))
    return [{ path: name, is: "let go", before: before.text, executable: false }];
  const rest = withoutPart(name, before.text);
  return [{ path: name, is: "removed", before: before.text, ...(rest.trim() === "" ? {} : { after: rest }), executable: false }];
}

type Found =
  | { readonly is: "nothing" }
  | { readonly is: "file"; readonly text: string; readonly executable: boolean }
  /** No file can be written there, for this reason. */
  | { readonly is: "in the way"; readonly refusal: UserError };

/** What is in a place. A place outside of the folder is refused before it is looked at. */
function lookAt(root: string, name: string): Found {
  const full = path.join(root, name);
  if (name === "" || path.isAbsolute(name) || path.relative(root, full).startsWith("..") || path.relative(root, full) === "")
    throw outside(name);
  const steps = name.split("/");
  if ([".git", ".gantry", "node_modules"].includes(steps[0] ?? "") || kept.test(name))
    throw new UserError("outside-folder", `${shown(name, 200)} is not for files of the spec`, {
      hint: "the spec itself, its manifest, and the folders of git, of Gantry and of packages stay theirs: choose another path",
    });
  for (let length = 1; length <= steps.length; length++) {
    const at = path.join(root, ...steps.slice(0, length));
    const found = stat(at);
    const last = length === steps.length;
    if (found === undefined) return { is: "nothing" };
    if (found.isSymbolicLink()) {
      const target = realpath(at);
      if (target === undefined || path.relative(root, target).startsWith("..") || last) return inTheWay(outside(name, at));
    } else if (last ? !found.isFile() : !found.isDirectory())
      return inTheWay(
        new UserError(
          "would-overwrite",
          `${shown(name, 200)} cannot be written: ${path.relative(root, at)} is ${found.isDirectory() ? "a folder" : "no folder"}`,
          { hint: "move it away, or give the files another place in the spec" },
        ),
      );
    else if (last) return fileAt(full, name, (found.mode & 0o100) !== 0);
  }
  return { is: "nothing" };
}

function inTheWay(refusal: UserError): Found {
  return { is: "in the way", refusal };
}

/** Specs, and what Gantry keeps of the files. */
const kept = /^gantry\.(?:config\.[cm]?[jt]s|json|ya?ml|files\.json)$/;

/** What is no text cannot be kept as text: its bytes would be lost. */
function fileAt(full: string, name: string, executable: boolean): Found {
  const bytes = readFileSync(full);
  const text = bytes.toString("utf8");
  if (Buffer.from(text, "utf8").equals(bytes)) return { is: "file", text, executable };
  return inTheWay(
    new UserError("would-overwrite", `${shown(name, 200)} is no UTF-8 text, and would not survive a change`, {
      hint: "write it as UTF-8, or move it away",
    }),
  );
}

function stat(file: string): Stats | undefined {
  return lstatSync(file, { throwIfNoEntry: false });
}

function realpath(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}

function outside(name: string, link?: string): UserError {
  return new UserError(
    "outside-folder",
    link === undefined
      ? `${shown(name, 200)} is outside the folder of the spec`
      : `${shown(name, 200)} leads over a link: ${link}`,
    { hint: "Gantry writes only below the folder of the spec, and through no link that leads elsewhere" },
  );
}
