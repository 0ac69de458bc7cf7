import type { Path } from "./paths.ts";

// What looks like a secret. Messages and excerpts end up in build logs, so none of them repeats one.

const named =
  /(?:passw(?:or)?d|passphrase|secret|token|credentials?|apikey)s?$|(?:^|[^a-z])keys?$|(?:^|_)(?:pwd|private_?key|access_?key)$/i;
const camelKey = /[a-z0-9]Keys?$/;
const written =
  /AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|sk-(?:proj-|ant-)?[A-Za-z0-9_-]{24,}|AIza[0-9A-Za-z_-]{30,}|xox[abprs]-[A-Za-z0-9-]{10,}|hooks\.slack\.com\/services\/T\w+\/B\w+\/\w+|-----BEGIN [A-Z ]*PRIVATE KEY/;
const passwordInUrl = /^[a-z][a-z0-9+.-]*:\/\/[^:@/\s]*:[^@/\s]+@/;

/** Whether what stands under this name is a secret, going by the name. */
export function isSecretName(name: string): boolean {
  return named.test(name) || camelKey.test(name);
}

/** Whether text is a credential of a kind that can be told by its form: a cloud's key, a forge's token, a private key. */
export function holdsCredential(text: string): boolean {
  return written.test(text);
}

/** Whether text is a secret going by its form, a URL with a password in it included. */
export function isSecretText(text: string): boolean {
  return holdsCredential(text) || passwordInUrl.test(text);
}

/** A value with each secret in it replaced by `…`; of a list or an object so many at most, where it is only an excerpt. */
export function withoutSecrets(value: unknown, secret = false, { most = Infinity }: { readonly most?: number } = {}): unknown {
  if (typeof value === "string") return secret || isSecretText(value) ? "…" : value;
  if (typeof value !== "object" || value === null) return secret && typeof value === "number" ? "…" : value;
  if (Array.isArray(value)) return value.slice(0, most).map((one) => withoutSecrets(one, secret, { most }));
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .slice(0, most)
      .map(([key, one]) => [key, withoutSecrets(one, secret || isSecretName(key), { most })]),
  );
}

/** Words of a spec under which names stand, and nothing that anybody could get in with. */
const names: ReadonlySet<string> = new Set(["secrets", "ref"]);

/** All of a spec, with each secret in it replaced by `…`: none should be there, and a document that is shown to others makes sure of it. */
export function specWithoutSecrets(value: unknown, secret = false): unknown {
  if (typeof value === "string") return secret || isSecretText(value) ? "…" : value;
  if (typeof value !== "object" || value === null) return secret && typeof value === "number" ? "…" : value;
  if (Array.isArray(value)) return value.map((one) => specWithoutSecrets(one, secret));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      names.has(key) ? namesOnly(one) : specWithoutSecrets(one, secret || isSecretName(key)),
    ]),
  );
}

function namesOnly(value: unknown): unknown {
  if (typeof value === "string") return isSecretText(value) ? "…" : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(namesOnly);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, namesOnly(one)]));
}

/** A path whose names hold no secret: a channel is named after its address. */
export function pathWithoutSecrets(path: Path): Path {
  return path.map((step) => (typeof step === "string" && isSecretText(step) ? "…" : step));
}

const quoted = /(["'`])(?:[^"'`\\]|\\.)*\1/g;

/** A line of a source file with what could be a secret in it made unreadable; every character keeps its column. */
export function lineWithoutSecrets(line: string, inData = false): string {
  const withoutQuoted = line.replace(quoted, (text: string, quote: string, offset: number) => {
    const before = /([\w$-]+)["'`]?\]?\s*[:=]\s*\[?\s*$/.exec(line.slice(0, offset))?.[1] ?? "";
    return isSecretName(before) || isSecretText(text.slice(1, -1)) ? `${quote}${hidden(text.length - 2)}${quote}` : text;
  });
  return textWithoutSecrets(withoutQuoted, hidden).replace(
    behindName,
    (text: string, name: string, between: string, rest: string) => {
      // A name that refers to something is none of it; in data there are no names.
      const harmless = !inData && /^(?:secret\(|\{|\[|[\w$.]+\s*[,})]?\s*$)/.test(rest);
      return isSecretName(name) && !harmless && !/^["'`]?•/.test(rest) ? `${name}${between}${rest.replace(/\S/g, "•")}` : text;
    },
  );
}

const behindName = /([\w$-]+)(["']?\s*[:=]\s*)([^\s].*)$/;
const urlPassword = /(\b[a-z][a-z0-9+.-]*:\/\/[^:@/\s]*:)([^\s"'`]+)(?=@)/gi;

function hidden(length: number): string {
  return "•".repeat(length);
}

/** Text with the credentials in it, and the passwords in its URLs, taken out. */
export function textWithoutSecrets(text: string, instead: (length: number) => string = () => "…"): string {
  return text
    .replace(urlPassword, (_all, before: string, password: string) => `${before}${instead(password.length)}`)
    .replace(new RegExp(written.source, "g"), (found) => instead(found.length));
}
