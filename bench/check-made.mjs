// Prints, as JSON, how long a made product of so many services takes from builders' values to resolved environments and problems,
// in a process of its own: what another size left in memory does not count.
import { performance } from "node:perf_hooks";
import { madeProduct } from "./made-product.mjs";

const [gantry, { normalise }, { checkProduct }] = await Promise.all(
  ["index", "normalise", "check"].map((name) => import(`../dist/spec/${name}.js`)),
);

function time(services) {
  const product = madeProduct(gantry, services);
  const start = performance.now();
  const { environments, problems } = checkProduct(normalise(product, "gantry.config.ts"));
  const ms = performance.now() - start;
  if (problems.length > 0 || environments.length !== 6)
    throw new Error(`the made product has problems: ${JSON.stringify(problems[0])}`);
  const copyStart = performance.now();
  const bytes = environments.reduce((sum, one) => sum + JSON.stringify(one).length, 0);
  return { ms, copyMs: performance.now() - copyStart, bytes };
}

time(200);
process.stdout.write(JSON.stringify(time(Number(process.argv[2]))));
