import { Fault } from "../fault.ts";

// As much XML as S3's bodies need: elements and text. No document type, no processing instructions but the first: nothing to expand.

export type Xml = readonly [name: string, ...content: (Xml | string | number | boolean | undefined)[]];

export function writeXml(root: Xml): string {
  const [name, ...content] = root;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${written(content)}</${name}>`;
}

function written(content: readonly (Xml | string | number | boolean | undefined)[]): string {
  return content
    .map((one) => {
      if (one === undefined) return "";
      if (!isElement(one)) return escapeXml(String(one));
      const [name, ...inner] = one;
      return `<${name}>${written(inner)}</${name}>`;
    })
    .join("");
}

function isElement(one: Xml | string | number | boolean): one is Xml {
  return Array.isArray(one);
}

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

// oxlint-disable-next-line no-control-regex -- XML has no way to write them but this
const unwritable = /[&<>"\u0000-\u001f\u007f\ufffe\uffff]/g;

function escapeXml(text: string): string {
  return text.replace(unwritable, (sign) => escapes[sign] ?? `&#x${sign.charCodeAt(0).toString(16)};`);
}

export type XmlElement = { readonly name: string; readonly children: XmlElement[]; text: string };

const mostDepth = 10;

export function parseXml(source: string): XmlElement {
  const text = source.replace(/^\uFEFF?\s*<\?xml[^>]{0,200}\?>/, "");
  const root: XmlElement = { name: "", children: [], text: "" };
  const open: XmlElement[] = [root];
  const token = /<(\/?)([A-Za-z_][\w.:-]{0,100})(?:\s[^<>]{0,1000}?)?(\/?)>|<!--[^]*?-->|([^<]+)/gy;
  while (token.lastIndex < text.length) {
    const found = token.exec(text);
    const top = open.at(-1);
    if (!found || !top) throw malformed();
    const [, isEnd, name, isEmpty, characters] = found;
    if (characters !== undefined) top.text += unescapeXml(characters);
    else if (name !== undefined && isEnd === "/") {
      if (open.length < 2 || open.pop()?.name !== localName(name)) throw malformed();
    } else if (name !== undefined) {
      const made: XmlElement = { name: localName(name), children: [], text: "" };
      top.children.push(made);
      if (isEmpty !== "/") open.push(made);
      if (open.length > mostDepth) throw malformed();
    }
  }
  const [first, ...more] = root.children;
  if (!first || more.length > 0 || open.length > 1 || root.text.trim() !== "") throw malformed();
  return first;
}

export function childText(element: XmlElement, name: string): string | undefined {
  return element.children.find((one) => one.name === name)?.text;
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&([^;]{0,12});?/g, (_all, name: string) => {
    const [, hex, decimal] = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name) ?? [];
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    if (code <= 0x10ffff) return String.fromCodePoint(code);
    const known = Object.hasOwn(entities, name) ? entities[name] : undefined;
    if (known === undefined) throw malformed();
    return known;
  });
}

function malformed(): Fault {
  return new Fault(
    "MalformedXML",
    400,
    "The XML you provided was not well-formed or did not validate against our published schema",
  );
}
