// A gateway for the measurement, in a process of its own: `node serve.mjs <port> <upstream port> <log file, or - for no log and no metrics>`.
import { createAccessLog } from "../../dist/agent/gateway/access-log.js";
import { Counters } from "../../dist/agent/gateway/counters.js";
import { createGateway } from "../../dist/agent/gateway/gateway.js";

const [port, upstream, logFile] = process.argv.slice(2);
const log = logFile === "-" ? undefined : createAccessLog({ file: logFile });
// The gateway has no switch for this, for nobody would want it off: here it shows what counting costs.
if (log === undefined) Counters.prototype.answered = () => {};
const gateway = await createGateway({ port: Number(port), ...(log && { onAccess: (line) => log.write(line) }) });
await gateway.configure({
  environments: {
    bench: {
      routes: [{ host: "127.0.0.1", path: "/", service: "web" }],
      ports: {},
      services: { web: { split: { shares: [{ revision: "r1", weight: 100 }], tags: {} } } },
    },
  },
});
gateway.setEndpoints({ environment: "bench", service: "web", revision: "r1" }, [{ id: "a", port: Number(upstream) }]);
async function end() {
  await gateway.close();
  await log?.close();
  process.exit(0);
}
process.once("SIGTERM", () => void end());
