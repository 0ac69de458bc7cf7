import { STATUS_CODES, type ServerResponse } from "node:http";

/** An answer of the gateway's own: plain and short, and it tells nobody what else there is. */
export function refuse(
  response: ServerResponse,
  status: number,
  reason: string,
  options: { html: boolean; close?: boolean },
): void {
  const body = options.html ? page(status, reason) : `${status} ${STATUS_CODES[status] ?? ""}: ${reason}\n`;
  const headers = [
    "content-type",
    options.html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8",
    "content-length",
    String(Buffer.byteLength(body)),
    "cache-control",
    "no-store",
  ];
  if (status === 503) headers.push("retry-after", "1");
  if (options.close) headers.push("connection", "close");
  response.writeHead(status, headers);
  response.end(body);
}

function page(status: number, reason: string): string {
  const title = `${status} ${STATUS_CODES[status] ?? ""}`;
  return `<!doctype html><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><p>${escaped(reason)}</p>\n`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
