import { inThePage } from "../build-console.mjs";

// The arrows of docs/architecture.md as lint rules: who may import whom.
const may = {
  lib: [],
  wire: ["lib"],
  api: ["lib"],
  system: ["lib", "wire"],
  spec: ["lib"],
  synth: ["lib", "spec", "signals"],
  migrations: ["lib", "system", "spec"],
  signals: ["lib", "spec"],
  delivery: ["lib", "spec"],
  rehearse: ["lib", "spec", "signals", "delivery"],
  targets: ["lib", "system", "wire", "spec", "migrations", "signals", "delivery"],
  agent: ["lib", "system", "wire"],
  resources: ["lib", "system", "wire"],
  store: ["lib", "system"],
  load: ["lib", "spec"],
  control: ["lib", "system", "wire", "api", "spec", "synth", "migrations", "signals", "delivery", "rehearse", "targets", "store"],
};
const rooms = [...Object.keys(may), "cli"];
const pure = ["lib", "wire", "api", "spec", "signals", "synth", "delivery", "rehearse"];

const overrides = Object.entries(may).map(([room, allowed]) => ({
  files: [`src/${room}/**/*.ts`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          {
            group: rooms.filter((other) => other !== room && !allowed.includes(other)).map((other) => `**/${other}/**`),
            message: `${room} may import only ${allowed.length === 0 ? "nothing of the other rooms" : allowed.join(", ")}.`,
          },
          ...(pure.includes(room) ? [{ group: ["node:*"], message: `${room} is pure: no files, processes or clocks.` }] : []),
        ],
      },
    ],
    ...(pure.includes(room)
      ? {
          "no-restricted-globals": ["error", "process", "fetch", "setTimeout", "setInterval"],
          "no-restricted-properties": [
            "error",
            { object: "Date", property: "now" },
            { object: "Math", property: "random" },
            { object: "performance", property: "now" },
          ],
        }
      : {}),
  },
}));

const config = {
  $schema: "./node_modules/oxlint/configuration_schema.json",
  plugins: ["typescript", "import", "unicorn", "oxc"],
  categories: { correctness: "error", suspicious: "error" },
  rules: {
    "import/no-cycle": "error",
    "import/no-default-export": "off",
    "no-var": "error",
    "prefer-const": "error",
    eqeqeq: "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/await-thenable": "error",
    "typescript/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    "typescript/no-base-to-string": "off",
    "typescript/no-unsafe-type-assertion": "off",
    "typescript/consistent-type-imports": "error",
    "unicorn/no-array-sort": "error",
    "no-shadow": "off",
    "no-underscore-dangle": "off",
    "consistent-return": "off",
    "import/no-named-as-default": "off",
    "unicorn/consistent-function-scoping": "off",
    "typescript/no-unnecessary-type-parameters": "off",
  },
  ignorePatterns: ["dist", ".dist-*", "node_modules", "test/fixtures", "test/types/mistakes", "**/.gantry"],
  overrides: [
    ...overrides,
    { files: ["src/**/*.ts", "console/src/**"], rules: { "no-console": "error" } },
    // What runs in a browser takes types alone of the other rooms, but for what is pure and small.
    {
      files: ["console/src/**"],
      rules: {
        "import/no-unassigned-import": ["error", { allow: ["**/*.css"] }],
        "no-restricted-imports": [
          "error",
          {
            patterns: [
              {
                // What goes without it is named: oxlint's expressions look at nothing ahead.
                group: ["**/src/**", ...inThePage.map((place) => `!**/${place}${place.endsWith(".ts") ? "" : "/**"}`)],
                allowTypeImports: true,
                message: "the page takes types of the other rooms; values only of what scripts/build-console.mjs names.",
              },
              { group: ["node:*"], message: "this runs in a browser." },
            ],
          },
        ],
      },
    },
    {
      files: ["scripts/**/*.mjs"],
      rules: { "import/no-unassigned-import": "off", "typescript/require-array-sort-compare": "off" },
    },
    // A handler that is a promise is what node:http and plain JavaScript have.
    { files: ["examples/**/*.mjs"], rules: { "typescript/no-misused-promises": "off" } },
    { files: ["**/*.config.ts"], rules: { "import/no-default-export": "off" } },
  ],
};

export const lintConfig = () => `${JSON.stringify(config, undefined, 2)}\n`;
