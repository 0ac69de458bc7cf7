import { Refusal } from "./parse.ts";

// --flatten, --filter, --limit and --format, as far as scripts use them: see `gcloud topic filters` and `gcloud topic formats`.

type Thing = Readonly<Record<string, unknown>>;
type Asked = { readonly command: string; readonly flags: Readonly<Record<string, string | true>> };

export function formatted(things: readonly Thing[], { command, flags }: Asked): string {
  let rows = things;
  if (typeof flags["--flatten"] === "string") rows = flatten(rows, flags["--flatten"].replace("[]", ""));
  if (typeof flags["--filter"] === "string") rows = rows.filter(filterOf(command, flags["--filter"]));
  if (typeof flags["--limit"] === "string") rows = rows.slice(0, Number(flags["--limit"]));
  const format = flags["--format"];
  if (format === "json") return `${JSON.stringify(rows, null, 2)}\n`;
  if (format === undefined) return rows.map((one) => `${JSON.stringify(one)}\n`).join("");
  const [, paths] = /^value\(([A-Za-z0-9_.,[\]]+)\)$/.exec(String(format)) ?? [];
  if (paths === undefined) throw new Refusal(command, `the stand-in does not know the format ${String(format)}`, 70);
  return rows
    .map(
      (row) =>
        `${paths
          .split(",")
          .map((path) => valueText(at(row, path)))
          .join("\t")}\n`,
    )
    .join("");
}

function at(thing: unknown, path: string): unknown {
  return path
    .replace(/\[(\d*)\]/g, ".$1")
    .split(".")
    .filter((part) => part !== "")
    .reduce<unknown>((value, part) => (typeof value === "object" && value !== null ? (value as Thing)[part] : undefined), thing);
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (value === true) return "True";
  if (value === false) return "False";
  if (Array.isArray(value)) return value.map(valueText).join(";");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** `bindings[].members`: a row for each member of each binding. */
function flatten(rows: readonly Thing[], path: string): readonly Thing[] {
  const [outer = "", inner = ""] = path.split(".");
  return rows.flatMap((row) =>
    ((row[outer] ?? []) as Thing[]).flatMap((one) =>
      ((one[inner] ?? []) as unknown[]).map((leaf) => ({ ...row, [outer]: { ...one, [inner]: leaf } })),
    ),
  );
}

/** `a.b="x" AND c=y` */
function filterOf(command: string, text: string): (thing: Thing) => boolean {
  const terms: { readonly path: string; readonly wanted: string }[] = [];
  let rest = text;
  while (rest !== "") {
    const [whole, path, quoted, bare] =
      /^(?:AND )?([A-Za-z0-9_.]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s"()]+))(?:\s+|$)/.exec(rest) ?? [];
    if (whole === undefined || path === undefined)
      throw new Refusal(command, `Non-empty default filter expression expected [${text} *HERE*].`, 1);
    terms.push({ path, wanted: quoted?.replace(/\\(.)/g, "$1") ?? bare ?? "" });
    rest = rest.slice(whole.length);
  }
  return (thing) =>
    terms.every(({ path, wanted }) => {
      const value = at(thing, path);
      return (Array.isArray(value) ? value : [value]).some((one) => valueText(one) === wanted);
    });
}
