// One control process that moves releases with the real engine and machine. It stops each of them at the moment that it was told, and says so
// when all have come to theirs; then it is killed.
import { createBatch } from "../../../dist/control/engine/batch.js";
import { anyDriver } from "../../../dist/control/engine/driver.js";
import { createEngine } from "../../../dist/control/engine/engine.js";
import { createFences } from "../../../dist/control/engine/fences.js";
import { questionsOf } from "../../../dist/delivery/gates/questions-of.js";
import { releaseMachine } from "../../../dist/delivery/release-machine.js";
import { GantryError } from "../../../dist/lib/errors.js";
import { openStore } from "../../../dist/store/store.js";
import { call } from "../../../dist/system/json-over-socket.js";

const { url, socket, moments = {}, schemaVersion, aheadMs = 0, sleepsAt, ...leases } = JSON.parse(process.argv[2]);

/** By the run: how often each kind of moment is still to come before the one at which it stops. */
const left = new Map(Object.entries(moments).map(([run, { at, nth }]) => [run, { at, nth }]));
const stopped = new Set();
const never = new Promise(() => {});
const isStopped = (run) => stopped.has(run);
const over = (run) => {
  left.delete(run);
  if (left.size === 0) process.send("all have stopped");
};
/** How often it is still to come to the moment at which it falls asleep, with whatever it has in hand. */
let awake = sleepsAt?.nth ?? 0;
/** True from the moment on at which it was to stop. */
const comes = (run, at) => {
  if (at === sleepsAt?.at && (awake -= 1) === 0) process.kill(process.pid, "SIGSTOP");
  const one = left.get(run);
  if (one?.at === at && (one.nth -= 1) === 0) {
    stopped.add(run);
    over(run);
  }
  return isStopped(run);
};

const opened = await openStore(url);
const store = {
  ...opened,
  runs: {
    ...opened.runs,
    async claim(owner, given) {
      const claimed = await opened.runs.claim(owner, { ...given, busy: [...given.busy, ...stopped] });
      return { ...claimed, runs: claimed.runs.filter(({ id }) => !comes(id, "after claim")) };
    },
    async write(owner, leaseMs, writes) {
      const change = new Set(writes.flatMap(({ id, data }) => (data === undefined ? [] : [id])));
      const goOn = writes.filter(({ id }) => !isStopped(id) && !(change.has(id) && comes(id, "before write")));
      const written = goOn.length === 0 ? new Set() : new Set(await opened.runs.write(owner, leaseMs, goOn));
      for (const { id, ended } of goOn) {
        if (change.has(id) && comes(id, "after write")) written.delete(id);
        else if (ended && left.has(id)) over(id);
      }
      return written;
    },
  },
};

const many = (path) => createBatch((all) => call({ socket, method: "POST", path, body: { all } }), 100);
const [look, tell] = [many("/looks"), many("/told")];
const toldOf = async (told) => {
  if (!(await tell(told))) throw new GantryError("fenced-off", "somebody else has told it something since");
};

/** As a newer Gantry would have it: another form of what is stored, which reads the one before it. */
const newer = {
  ...releaseMachine,
  schemaVersion,
  upcast: (stored) => releaseMachine.upcast({ ...stored, schemaVersion: releaseMachine.schemaVersion }),
  advance(...given) {
    const advanced = releaseMachine.advance(...given);
    return { ...advanced, run: { ...advanced.run, schemaVersion, newlyTold: true } };
  },
};
const machine = schemaVersion === undefined ? releaseMachine : newer;
const engine = createEngine({
  store,
  drivers: [
    anyDriver({
      machine,
      async observe(run, nowMs) {
        if (isStopped(run.id)) return never;
        const seen = await look({ environment: run.environment, questions: questionsOf(run, nowMs) });
        return isStopped(run.id) ? never : seen;
      },
      async carryOut({ id, environment }, effects, fence) {
        if (effects.length === 0) return;
        if (isStopped(id) || comes(id, "before effects")) return never;
        const half = Math.ceil(effects.length / 2);
        await toldOf({ environment, effects: effects.slice(0, half), fence });
        if (comes(id, "half of the effects")) return never;
        if (half < effects.length) await toldOf({ environment, effects: effects.slice(half), fence });
        if (comes(id, "after effects")) return never;
      },
    }),
  ],
  fences: await createFences(() => store.nextEpoch()),
  owner: `process ${process.pid}`,
  nowMs: () => Date.now() + aheadMs,
  address: (run, notices) =>
    notices.map(({ once, title, text }) => ({ channel: "hook", dedupKey: run.id, once, body: { title, text }, kept: true })),
  onNotices: () => {},
  onError: () => {},
  ...leases,
});
engine.start();
process.on("disconnect", () => process.exit());
process.send("started");
