// One control process that does nothing but move runs, until it is told to stop.
import { anyDriver } from "../../dist/control/engine/driver.js";
import { createEngine } from "../../dist/control/engine/engine.js";
import { createFences } from "../../dist/control/engine/fences.js";
import { openStore } from "../../dist/store/store.js";
import { simulatedDriver } from "./simulated.mjs";

const [url] = process.argv.slice(2);
const store = await openStore(url);
const engine = createEngine({
  store,
  drivers: [anyDriver(simulatedDriver)],
  fences: await createFences(() => store.nextEpoch()),
  owner: `bench ${process.pid}`,
  nowMs: Date.now,
  address: () => [],
  onNotices: () => {},
  onError: (error) => process.stderr.write(`${error?.stack ?? error}\n`),
});
const stop = async () => {
  await engine.stop();
  await store.close();
  process.disconnect();
};
process.on("message", (message) => {
  if (message === "start") engine.start();
  else void stop();
});
process.send("ready");
