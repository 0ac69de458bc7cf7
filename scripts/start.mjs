// The first thing a newcomer runs. The local platform does not exist yet, so this shows what Gantry can do so far: it checks the
// five example products and explains a value of one of them. It ends by itself; --once is taken for what is to come.
import "./install.mjs";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const run = (file, ...args) => {
  const { status } = spawnSync(process.execPath, [file, ...args], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) process.exit(status ?? 1);
};
const say = (text) => process.stdout.write(`${text}\n`);
const gantry = (...args) => run("dist/run/main.js", ...args);

run("scripts/build.mjs");
say("Gantry reads a product's operations as one typed file. Five real ones are in examples/. Checking them:\n");
for (const name of ["proveniq-ledger", "bytereview", "codementor", "cpa-platform", "ai-governance"])
  gantry("check", "--config", `examples/${name}/gantry.config.ts`);
say("\nHow ByteReview is released to production (gantry show prod release):\n");
gantry("show", "prod", "release", "--config", "examples/bytereview/gantry.config.ts");
say("\nWhere one of its values comes from (gantry explain prod services.api.scale.max):\n");
gantry("explain", "prod", "services.api.scale.max", "--config", "examples/bytereview/gantry.config.ts");
say(`
This is what there is so far: the language, its checks and its explanations. Running a product here, writing its
infrastructure and releasing it come next (CHANGELOG.md says what is done). To go on:

  node dist/run/main.js --help
  node dist/run/main.js init my-product --yes
  cd my-product && node ../dist/run/main.js check`);
