import { expect, test } from "vitest";
import { moduleProblems, terraformProblems } from "../support/terraform-schema.ts";

// The check of Terraform files refuses what is wrong: a bad file for each thing that it looks for.

const versions = `terraform {
  required_version = ">= 1.8, < 2.0"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
  }
}
`;
const topic = `resource "google_pubsub_topic" "this" {
  name = "events"
}
`;

const called = {
  "m/child/versions.tf": versions,
  "m/child/main.tf": `variable "name" {
  description = "A name"
  type        = string
}

variable "settings" {
  description = "More"
  type = object({
    size = number
    zone = optional(string, "a")
  })
  default = { size = 1 }
}

resource "google_pubsub_topic" "this" {
  name   = var.name
  labels = { size = var.settings.size }
}

output "id" {
  description = "Its id"
  value       = google_pubsub_topic.this.id
}
`,
};

const none: Readonly<Record<string, string>> = {};
const refused: readonly [what: string, text: string, problem: RegExp, more?: Readonly<Record<string, string>>][] = [
  ["what does not parse", "a = {", /Missing expression/],
  ["what is no block", 'things "a" {}\n', /things is no block of Terraform/],
  ["what is not formatted", 'locals {\n  a = 1\n  bcd = local.a\n}\n\noutput "o" { value = local.bcd }\n', /terraform fmt/],
  ["an unknown type", 'resource "google_nothing" "a" {\n  name = "x"\n}\n', /google_nothing is in no schema/],
  ["a missing argument", 'resource "google_pubsub_topic" "this" {}\n', /name is missing/],
  ["a required argument that is null", 'resource "google_pubsub_topic" "this" {\n  name = null\n}\n', /name is missing/],
  ["an unknown argument", topic.replace("}", '  nmae = "x"\n}'), /nmae is unknown/],
  [
    "an unknown argument inside a block",
    topic.replace("}", '  message_storage_policy {\n    regions = ["a"]\n  }\n}'),
    /message_storage_policy: regions is unknown/,
  ],
  [
    "a missing argument inside a dynamic block",
    topic.replace(
      "}",
      '  dynamic "schema_settings" {\n    for_each = [1]\n\n    content {\n      encoding = "JSON"\n    }\n  }\n}',
    ),
    /schema_settings: schema is missing/,
  ],
  [
    "a dynamic block that is none",
    topic.replace("}", '  dynamic "labels" {\n    for_each = [1]\n\n    content {}\n  }\n}'),
    /dynamic labels is no block/,
  ],
  [
    "a dynamic block of nothing",
    topic.replace("}", '  dynamic "schema_settings" {\n    content {\n      schema = "a"\n    }\n  }\n}'),
    /for_each is missing/,
  ],
  [
    "a block written as an attribute",
    topic.replace("}", '  schema_settings = { schema = "a" }\n}'),
    /schema_settings is a block, not an attribute/,
  ],
  [
    "an attribute written as a block",
    topic.replace("}", "  name {\n    a = 1\n  }\n}").replace('  name = "events"\n', ""),
    /name is an attribute, not a block/,
  ],
  [
    "a block that stands twice",
    topic.replace("}", '  schema_settings {\n    schema = "a"\n  }\n\n  schema_settings {\n    schema = "b"\n  }\n}'),
    /schema_settings may stand only once/,
  ],
  [
    "a value that is none of those allowed",
    topic.replace("}", '  schema_settings {\n    schema   = "a"\n    encoding = "XML"\n  }\n}'),
    /encoding is one of .*JSON.* not XML/,
  ],
  [
    "text for a list",
    topic.replace("}", '  message_storage_policy {\n    allowed_persistence_regions = "a"\n  }\n}'),
    /allowed_persistence_regions is a set/,
  ],
  ["a list for a map", topic.replace("}", '  labels = ["a"]\n}'), /labels is a map/],
  [
    "text for a number",
    'resource "google_redis_instance" "a" {\n  name           = "x"\n  memory_size_gb = "much"\n}\n',
    /memory_size_gb is a number/,
  ],
  [
    "text for true or false",
    'resource "google_storage_bucket" "a" {\n  name          = "x"\n  location      = "EU"\n  force_destroy = "maybe"\n}\n',
    /force_destroy is true or false/,
  ],
  [
    "an unknown setting of its life",
    topic.replace("}", "  lifecycle {\n    prevent_destruction = true\n  }\n}"),
    /prevent_destruction is unknown/,
  ],
  [
    "ignored changes of what is not there",
    topic.replace("}", "  lifecycle {\n    ignore_changes = [image]\n  }\n}"),
    /ignore_changes of image, which is unknown/,
  ],
  ["an undeclared variable", topic.replace('"events"', "var.name"), /var\.name is not declared/],
  [
    "an undeclared variable inside a template",
    topic.replace('"events"', '"a-${lower(var.name)}-b"'),
    /var\.name is not declared/,
  ],
  ["an undeclared variable inside an index", topic.replace('"events"', '{ a = 1 }[var.name["x"]]'), /var\.name is not declared/],
  ["an undeclared local", topic.replace('"events"', "local.name"), /local\.name is not declared/],
  [
    "an undeclared resource",
    topic.replace('"events"', "google_pubsub_topic.other.name"),
    /google_pubsub_topic\.other\.name is not declared/,
  ],
  [
    "an undeclared data source",
    topic.replace('"events"', "data.google_project.this.number"),
    /data\.google_project\.this\.number is not declared/,
  ],
  ["an undeclared module", topic.replace('"events"', "module.a.name"), /module\.a is not declared/],
  [
    "an attribute that a resource has not",
    `${topic}\noutput "o" {\n  value = google_pubsub_topic.this.url\n}\n`,
    /google_pubsub_topic\.this\.url: no such attribute/,
  ],
  ["a variable that nothing uses", `${topic}\nvariable "a" {\n  type = string\n}\n`, /nothing uses var\.a/],
  [
    "a variable that only its own check uses",
    `${topic}\nvariable "a" {\n  type = string\n\n  validation {\n    condition     = var.a != ""\n    error_message = "Not empty."\n  }\n}\n`,
    /nothing uses var\.a/,
  ],
  ["a local that nothing uses", `${topic}\nlocals {\n  a = 1\n}\n`, /nothing uses local\.a/],
  ["a data source that nothing uses", `${topic}\ndata "google_project" "this" {}\n`, /nothing uses data\.google_project\.this/],
  ["a thing declared twice", `${topic}\n${topic}`, /google_pubsub_topic\.this is declared twice/],
  ["a module that is not there", 'module "a" {\n  source = "./nowhere"\n}\n', /\.\/nowhere is no module/],
  [
    "an unknown input",
    'module "a" {\n  source = "./child"\n  name   = "x"\n  nmae   = "x"\n}\n',
    /nmae is no input of it/,
    called,
  ],
  ["a missing input", 'module "a" {\n  source = "./child"\n}\n', /module a: name is missing/, called],
  ["an input of another type", 'module "a" {\n  source = "./child"\n  name   = ["x"]\n}\n', /name is a string/, called],
  [
    "a mistyped field of an input",
    'module "a" {\n  source   = "./child"\n  name     = "x"\n  settings = { size = 1, zoen = "b" }\n}\n',
    /settings\.zoen is unknown/,
    called,
  ],
  [
    "a missing field of an input",
    'module "a" {\n  source   = "./child"\n  name     = "x"\n  settings = {}\n}\n',
    /settings\.size is missing/,
    called,
  ],
  [
    "an unknown output",
    'module "a" {\n  source = "./child"\n  name   = "x"\n}\n\noutput "o" {\n  value = module.a.url\n}\n',
    /module\.a has no output url/,
    called,
  ],
  ["a value of no variable", topic, /region is no variable of it/, { "m/a.tfvars": 'region = "x"\n' }],
];

test.each(refused)("it refuses %s", async (_what, text, problem, more = none) => {
  const files = new Map(Object.entries({ "m/versions.tf": versions, "m/main.tf": text, ...more }));
  expect((await terraformProblems(files)).join("\n")).toMatch(problem);
});

test.each([
  ["no version of Terraform", versions.replace(/ {2}required_version.*\n\n/, ""), /required_version is missing/],
  ["a provider without a version", versions.replace(/ +version.*\n/, ""), /google has no source or version/],
  [
    "a provider that nothing needs",
    versions.replace("    google", '    aws = {\n      source  = "hashicorp/aws"\n      version = "~> 5.0"\n    }\n    google'),
    /provider aws is required and not used/,
  ],
  ["no provider at all", 'terraform {\n  required_version = ">= 1.8"\n}\n', /provider google is not required/],
])("it refuses %s", async (_what, text, problem) => {
  const files = new Map([
    ["m/versions.tf", text],
    ["m/main.tf", topic],
  ]);
  expect((await terraformProblems(files)).join("\n")).toMatch(problem);
});

test("a module has neither a provider's block nor anything without a description", async () => {
  const files = new Map([["m/main.tf", 'provider "google" {}\n\nvariable "a" {}\n\noutput "b" {\n  value = var.a\n}\n']]);
  const problems = (await moduleProblems(files)).join("\n");
  for (const one of [
    /no provider block/,
    /variable a has no description/,
    /variable a has no type/,
    /output b has no description/,
    /README\.md is missing/,
  ])
    expect(problems).toMatch(one);
});

test("it takes what is right", async () => {
  const files = new Map(
    Object.entries({
      ...called,
      "m/versions.tf": versions,
      "m/main.tf": `locals {
  names = { for name, size in { a = 1 } : name => size.x if name != "$\${var.no}" }
}

module "a" {
  for_each = local.names

  source   = "./child"
  name     = each.key
  settings = { size = 1 }
}

resource "google_pubsub_topic" "this" {
  name = "events"

  dynamic "schema_settings" {
    for_each = local.names

    content {
      schema = schema_settings.value
    }
  }

  lifecycle {
    ignore_changes = [labels]
  }
}

output "ids" {
  value = { for key, one in module.a : key => one.id }
}

output "first" {
  value = module.a["a"].id
}
`,
    }),
  );
  expect(await terraformProblems(files)).toEqual([]);
});
