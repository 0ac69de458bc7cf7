import type { Refusal } from "./unparsable.ts";

/** The text of a file, without its byte order mark; a refusal when its bytes are not text. */
export function decode(bytes: Buffer): string | Refusal {
  const text = bytes.toString("utf8");
  const nul = text.indexOf("\0");
  if (nul >= 0)
    return {
      code: "not-text",
      message: "this file holds a NUL byte, so it is not text",
      hint: "write it again as UTF-8",
      offset: nul,
    };
  if (text.includes("\ufffd") && !isUtf8(bytes))
    return {
      code: "not-text",
      message: "this file is not UTF-8",
      hint: "write it again as UTF-8",
      offset: text.indexOf("\ufffd"),
    };
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
