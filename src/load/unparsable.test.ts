import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { refusalOf } from "./unparsable.ts";

const many = 3_000_000;

test.each([
  ["a list of many values", `export default [${"1,".repeat(100_000)}1];`],
  ["many statements", "const a = f(1, 2);\n".repeat(20_000)],
  ["many statements without semicolons", "const a = f(1, 2)\n".repeat(20_000)],
  ["many alternatives, one after the other", "if (a) { b(); } else { c(); }\n".repeat(500)],
  ["a long text", `export default "${"x (".repeat(many / 3)}";`],
  ["a long text of escapes", `export default "${'\\"('.repeat(many / 3)}";`],
  ["a long template", `export default \`${"x ( $ ".repeat(many / 6)}\`;`],
  ["many templates with values", "const a = `x${b}y${c}`;\n".repeat(10_000)],
  ["a long comment", `/* ${"x ( ".repeat(many / 4)} */ export default 1;`],
  ["many comments of one line", "// it's (\n".repeat(100_000)],
])("%s can be parsed", (_, code) => expect(refusalOf(code)).toBeUndefined());

test.each([
  ["brackets", "[".repeat(2_000)],
  ["brackets in templates", "`${[".repeat(2_000)],
  ["arrows in brackets in arrows", "a=>b=>c=>(".repeat(600)],
  ["else", "if (a) b; else ".repeat(5_000)],
  ["casts", "<A>".repeat(5_000)],
])("too deep for a parser: %s", (_, code) => expect(refusalOf(code)?.code).toBe("too-deep"));

test("a mark says where it became too much", () => expect(refusalOf(`\n${"[".repeat(2_000)}`)?.offset).toBe(1_000));

test("no file of our own is refused", () => {
  const src = path.resolve(import.meta.dirname, "..");
  for (const name of readdirSync(src, { recursive: true, encoding: "utf8" }))
    if (name.endsWith(".ts")) expect(refusalOf(readFileSync(path.join(src, name), "utf8")), name).toBeUndefined();
});
