/** The ways in which a value may turn up in a line. The longest first. */
export function secretForms(secrets: readonly string[]): readonly string[] {
  const forms = new Set<string>();
  for (const secret of secrets)
    for (const form of [secret, ...linesOf(secret)].flatMap(formsOf)) if (form.length >= shortest) forms.add(form);
  return [...forms].toSorted((left, right) => right.length - left.length);
}

/** What is shorter is no secret that could be kept: it would blank out ordinary words. */
const shortest = 4;

/** A key of many lines is written line by line. Short ones of them, such as a brace, would hide too much. */
function linesOf(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  return lines.length > 1 ? lines.filter((line) => line.length >= 12) : [];
}

function formsOf(secret: string): readonly string[] {
  if (secret.length < shortest) return [];
  const json = JSON.stringify(secret).slice(1, -1);
  const percent = [encoded(secret), userInfo(secret), new URLSearchParams([["", secret]]).toString().slice(1)];
  return [
    secret,
    json,
    json.replaceAll("/", "\\/"),
    JSON.stringify(json).slice(1, -1),
    escapedToAscii(json),
    ...percent,
    ...percent.map((one) => one.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase())),
    ...base64Forms(secret),
  ];
}

function encoded(secret: string): string {
  return encodeURIComponent(Buffer.from(secret, "utf8").toString("utf8"));
}

/** As a password stands in a connection string. */
function userInfo(secret: string): string {
  const url = new URL("http://host");
  url.password = secret;
  return url.password;
}

function escapedToAscii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * Base64 takes three bytes at a time, so a secret within a longer text (`user:secret` in a header) looks one of three ways; the
 * characters at either end depend on the neighbours and are left out.
 */
function base64Forms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, "utf8");
  const whole = bytes.toString("base64").replace(/=+$/, "");
  const forms = [whole];
  for (const before of [0, 1, 2]) {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor(((before + bytes.length) * 8) / 6);
    if (to - from >= 8) forms.push(text.slice(from, to));
  }
  return forms.flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")]);
}
