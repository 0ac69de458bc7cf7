import { UserError } from "../lib/errors.ts";
import { giveUp } from "../system/give-up.ts";
import { createJsonServer } from "../system/json-server.ts";
import { ownSocket } from "../system/own-socket.ts";
import { placeOf, preparePlace } from "../system/place.ts";
import { agentApi } from "./api.ts";
import { createMachine } from "./machine.ts";

// The agent: supervisor and gateway of one product's local platform. It goes on when everybody else is dead.

const [root] = process.argv.slice(2);
if (root === undefined) throw new Error("the agent wants the folder of a spec");
const place = placeOf(root);
preparePlace(place);

const socket = await ownSocket(place.agentSocket, place.agentLock);
if (socket === undefined) {
  process.stderr.write("another agent holds this platform already\n");
  process.exit(3);
}
const machine = await createMachine({
  stateFile: place.agentState,
  logFolder: place.logs,
  machineKeyFile: place.machineKey,
  preferredGatewayPort: wantedPort(),
  portFile: place.gatewayPort,
  remark: (text) => void process.stderr.write(`${new Date().toISOString()} ${text}\n`),
}).catch(giveUp);

let stopping = false;
const stop = (forget: boolean): void => {
  if (stopping) return;
  stopping = true;
  void machine
    .close({ forget })
    .then(() => socket.release())
    .finally(() => process.exit(0));
};
await machine.resume();
await socket.serve(createJsonServer(agentApi(machine, (forget) => void setImmediate(stop, forget))));
process.on("SIGTERM", () => stop(false));
process.on("SIGINT", () => stop(false));
// Whatever ends this process: nothing that it started is left behind, unless it was killed, which its successor sees to.
process.on("exit", () => machine.killNow());
// A mistake in one request is no reason to stop serving all others; it is written down for whoever looks.
process.on("unhandledRejection", (error) =>
  process.stderr.write(`${new Date().toISOString()} ${String((error as Error)?.stack ?? error)}\n`),
);

function wantedPort(): number | undefined {
  const given = process.env["GANTRY_PORT"];
  if (given === undefined || given === "") return undefined;
  const port = Number(given);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  return giveUp(
    new UserError("usage", `GANTRY_PORT=${given.slice(0, 40)} is no port`, {
      hint: "a whole number from 1 to 65535, as GANTRY_PORT=4700",
    }),
  );
}
