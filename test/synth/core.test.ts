import { expect, test } from "vitest";
import { attribute, attributes, block, expression, gap, hclFile, template, valueText } from "../../src/synth/text/hcl.ts";
import { word } from "../../src/synth/text/shell.ts";
import { noted, yaml } from "../../src/synth/text/yaml.ts";

test("HCL is aligned as terraform fmt aligns it", () => {
  const text = hclFile([
    block(
      "module",
      ["api"],
      [
        ...attributes({ source: "../../modules/x", name: "api" }),
        gap,
        ...attributes({ environment: { A: "1", LONGER: expression("module.db.url") }, list: ["a", "b"], last: true }),
        ...attribute("noted", 3, "why it is three"),
        block("inner", [], attributes({ a: 1, bcd: 2 })),
      ],
    ),
    block("empty", [], []),
  ]);
  expect(text).toMatchInlineSnapshot(`
    "module "api" {
      source = "../../modules/x"
      name   = "api"

      environment = {
        A      = "1"
        LONGER = module.db.url
      }
      list = ["a", "b"]
      last = true
      # why it is three
      noted = 3

      inner {
        a   = 1
        bcd = 2
      }
    }

    empty {}
    "
  `);
});

test("nothing in a string becomes an expression", () => {
  expect(valueText('a "${var.x}" %{if} \\ \n')).toBe('"a \\"$${var.x}\\" %%{if} \\\\ \\n"');
  expect(valueText(template("a-${b}-", expression("var.c")))).toBe('"a-$${b}-${var.c}"');
  expect(valueText({ "a b": 1, 'c"': 2 })).toBe('{\n  "a b" = 1\n  "c\\"" = 2\n}');
});

test("a word of a shell is one word", () => {
  expect(word("a b; rm -rf $HOME `x` 'y'")).toBe(`'a b; rm -rf $HOME \`x\` '\\''y'\\'''`);
  expect(word("")).toBe("''");
});

test("YAML has its comments, and quotes what older readers mistake", () => {
  expect(yaml({ on: noted("when", { push: ["main"] }), time: "12:30", no: "no", text: "a\nb\n" }, { plainKeys: true }))
    .toMatchInlineSnapshot(`
    "# when
    on:
      push:
        - main
    time: "12:30"
    "no": "no"
    text: |
      a
      b
    "
  `);
  expect(yaml([noted("first", { a: 1 }), "x"])).toMatchInlineSnapshot(`
    "# first
    - a: 1
    - x
    "
  `);
});
