// One figure of telemetry, in a process of its own: `node figures.mjs <what>` prints it as JSON. Times are processor time, so that what
// else the machine does counts for little.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createHistogram as nodeHistogram } from "node:perf_hooks";
import { createHistogram } from "../../dist/agent/gateway/counters.js";
import { keptMetrics } from "../../dist/control/telemetry/kept.js";
import { searchLogs } from "../../dist/control/telemetry/search-logs.js";
import { createSegmentFiles } from "../../dist/control/telemetry/segment-files.js";
import { readExposition } from "../../dist/signals/exposition/read-exposition.js";
import { createRecordStore } from "../../dist/signals/logs/record-store.js";
import { traceRequest } from "../../dist/signals/otlp/messages.js";
import { readProtobuf } from "../../dist/signals/otlp/protobuf.js";
import { spansOf } from "../../dist/signals/otlp/spans.js";
import { createMetricStore } from "../../dist/signals/store/metric-store.js";
import { everyMs, moments, randomOf, realSeries, start } from "./series.mjs";

/** Milliseconds of processor time. */
function cpuOf(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

const store = () => createMetricStore({ retentionMs: 1e12, maxBytes: 1 << 30 });

const figures = {
  kept() {
    const { series, samples } = realSeries();
    const kept = store();
    const handles = series.map(({ labels }) => kept.series(labels));
    // As they come: all series of a moment, then those of the next.
    for (let moment = 0; moment < moments; moment++)
      for (const [index, { times, values }] of series.entries())
        if (moment < times.length) kept.push(handles[index], times[moment], values[moment]);
    const { bytes } = kept.view();
    const end = start + moments * everyMs;
    const all = [{ name: "__name__", op: "=~", value: ".+" }];
    kept.select(all, end - 300_000, end);
    const selectMs = cpuOf(() => {
      for (let turn = 0; turn < 20; turn++) kept.select(all, end - 300_000, end);
    });
    const unpackMs = cpuOf(() => kept.select(all, start, end));
    return { series: series.length, samples, bytes, selectMs: selectMs / 20, unpackMs };
  },

  ingest() {
    const random = randomOf(7);
    const [many, count] = [2_000, 1_440];
    const values = Float64Array.from({ length: many * count }, () => Math.floor(random() * 1_000));
    const kept = store();
    const handles = Array.from({ length: many }, (_, n) => kept.series({ __name__: "a_total", service: "api", id: String(n) }));
    const ms = cpuOf(() => {
      for (let moment = 0; moment < count; moment++)
        for (let one = 0; one < many; one++) kept.push(handles[one], start + moment * 5_000, values[moment * many + one]);
    });
    const labels = handles.map((one) => ({ ...one.labels }));
    const byLabels = store();
    const labelsMs = cpuOf(() => {
      for (let moment = 0; moment < 200; moment++)
        for (let one = 0; one < many; one++) byLabels.append(labels[one], start + moment * 5_000, values[moment * many + one]);
    });
    // What no store can be quicker than: each time and value written once, to where its series is.
    const [times, copies] = [new Float64Array(values.length), new Float64Array(values.length)];
    const copyMs = cpuOf(() => {
      for (let moment = 0; moment < count; moment++)
        for (let one = 0; one < many; one++) {
          times[one * count + moment] = start + moment * 5_000;
          copies[one * count + moment] = values[moment * many + one];
        }
    });
    return {
      perSecond: (values.length / ms) * 1_000,
      byLabelsPerSecond: ((200 * many) / labelsMs) * 1_000,
      copyPerSecond: (values.length / copyMs) * 1_000,
    };
  },

  histogram() {
    const random = randomOf(11);
    const times = Float64Array.from({ length: 1 << 16 }, () => Math.exp(random() * 8 - 1.5));
    const nanoseconds = (record) => {
      const pass = () => {
        for (let index = 0; index < times.length; index++) record(times[index]);
      };
      for (let turn = 0; turn < 20; turn++) pass();
      const ms = cpuOf(() => {
        for (let turn = 0; turn < 100; turn++) pass();
      });
      return (ms * 1e6) / (100 * times.length);
    };
    const [ours, theirs] = [createHistogram(), nodeHistogram()];
    return {
      ours: nanoseconds((ms) => ours.record(ms)),
      node: nanoseconds((ms) => theirs.record(1 + Math.floor(ms * 1_000))),
      clock: nanoseconds(() => performance.now()),
    };
  },

  spans() {
    const random = randomOf(13);
    const digits = () =>
      Math.floor(random() * 2 ** 32)
        .toString(16)
        .padStart(8, "0");
    const kept = createRecordStore({ maxBytes: 1 << 30, maxAgeMs: 1e12 });
    const traces = [];
    const names = Array.from({ length: 60 }, (_, n) => `GET /api/things/${n}`);
    const spans = 1_000_000;
    const records = [];
    for (let span = 0; span < spans; span++) {
      // Ten spans a trace.
      if (span % 10 === 0) traces.push(digits() + digits() + digits() + digits());
      records.push({
        timeMs: start + span,
        durationMs: random() * 100,
        traceId: traces.at(-1),
        spanId: digits() + digits(),
        parentId: span % 10 === 0 ? "" : "00f067aa0ba902b7",
        service: `service-${span % 7}`,
        name: names[span % names.length],
        level: span % 50 === 0 ? 1 : 0,
        body: `{"kind":"server","attributes":{"http.response.status_code":200,"job_id":"j-${span % 5_000}"}}`,
      });
    }
    const ms = cpuOf(() => {
      for (const one of records) kept.append(one);
    });
    const jsonMs = cpuOf(() => {
      for (const one of records) JSON.stringify(one);
    });
    const search = (query, turns) => {
      let found = 0;
      const took = cpuOf(() => {
        for (let turn = 0; turn < turns; turn++) found += kept.search(query(turn)).length;
      });
      return { ms: took / turns, found: found / turns };
    };
    const trace = search((turn) => ({ traceId: traces[(turn * 7_919) % traces.length] }), 2_000);
    const text = search((turn) => ({ text: `j-${1_000 + turn * 97}`, limit: 100 }), 5);
    const level = search(() => ({ level: 1, service: "service-3", limit: 100 }), 5);
    // All of them looked at, one by one.
    const wanted = traces[50_000];
    const scanMs = cpuOf(() => records.filter((one) => one.traceId === wanted));
    return {
      perSecond: (spans / ms) * 1_000,
      jsonPerSecond: (spans / jsonMs) * 1_000,
      bytes: kept.view().bytes / spans,
      trace,
      text,
      level,
      scanMs,
    };
  },

  async logs() {
    const folder = mkdtempSync(path.join(tmpdir(), "gantry-bench-logs-"));
    try {
      const { mkdirSync } = await import("node:fs");
      mkdirSync(path.join(folder, "local"));
      const random = randomOf(17);
      const hex = () =>
        Array.from({ length: 4 }, () =>
          Math.floor(random() * 2 ** 32)
            .toString(16)
            .padStart(8, "0"),
        ).join("");
      const traces = [];
      let bytes = 0;
      // As much as there may be of one service: six files of ten megabytes.
      for (let file = 0; file < 6; file++) {
        let text = "";
        for (let line = 0; text.length < 10 * 2 ** 20; line++) {
          const trace_id = hex();
          if (line === 9_000) traces.push(trace_id);
          const said = { level: "info", message: "POST /api/jobs", trace_id, uid: "u-123", route: "/api/jobs", status: 201 };
          const time = new Date(start - file * 1e7 + line * 100).toISOString();
          const who = { environment: "local", service: "api", revision: "api-1a2b3c4d", replica: "r1", stream: "out" };
          text += `${JSON.stringify({ time, ...who, line: JSON.stringify({ time, ...said }), trace_id })}\n`;
        }
        bytes += text.length;
        writeFileSync(path.join(folder, "local", file === 0 ? "api.log" : `api.log.${file}`), text);
      }
      const measured = async (work) => {
        const before = process.cpuUsage();
        await work();
        const { user, system } = process.cpuUsage(before);
        return (user + system) / 1_000;
      };
      const traceMs = [];
      const readMs = [];
      for (let turn = 0; turn < 9; turn++) {
        traceMs.push(await measured(() => searchLogs(folder, { environment: "local", traceId: traces[turn % traces.length] })));
        readMs.push(
          await measured(async () => {
            for (let file = 0; file < 6; file++)
              readFileSync(path.join(folder, "local", file === 0 ? "api.log" : `api.log.${file}`));
          }),
        );
      }
      const middle = (list) => list.toSorted((a, b) => a - b)[4];
      return { mebibytes: bytes / 2 ** 20, traceMs: middle(traceMs), readMs: middle(readMs) };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },

  otlp() {
    const random = randomOf(19);
    // As many as an exporter sends at once.
    const bytes = requestOf(512, random);
    let spans = 0;
    const pass = () => (spans = spansOf(readProtobuf(bytes, traceRequest), ["uid"]).records.length);
    for (let turn = 0; turn < 20; turn++) pass();
    const ms = cpuOf(() => {
      for (let turn = 0; turn < 100; turn++) pass();
    });
    const json = JSON.stringify(readProtobuf(bytes, traceRequest));
    const jsonMs = cpuOf(() => {
      for (let turn = 0; turn < 100; turn++) JSON.parse(json);
    });
    return { perSecond: (100 * spans * 1_000) / ms, jsonPerSecond: (100 * spans * 1_000) / jsonMs };
  },

  exposition() {
    let text = "";
    for (let n = 0; n < 20_000; n++)
      text += `http_requests_total{method="GET",route="/api/things/${n % 100}",status="200",instance="i-${n}"} ${n * 3}.5\n`;
    const known = new Map();
    const pass = () => readExposition(text, { sample: (series, value) => void known.set(series, value) }, { format: "classic" });
    pass();
    const ms = cpuOf(() => {
      for (let turn = 0; turn < 10; turn++) pass();
    });
    return { perSecond: (10 * 20_000 * 1_000) / ms };
  },

  async restart() {
    const folder = mkdtempSync(path.join(tmpdir(), "gantry-bench-metrics-"));
    try {
      const { series, samples } = realSeries();
      const kept = store();
      for (const { labels, times, values } of series) {
        const one = kept.series(labels);
        for (let at = 0; at < times.length; at++) kept.push(one, times[at], values[at]);
      }
      const save = performance.now();
      await createSegmentFiles(folder, keptMetrics(kept)).save();
      const load = performance.now();
      const again = store();
      await createSegmentFiles(folder, keptMetrics(again)).load();
      return { samples, found: again.view().samples, saveMs: load - save, loadMs: performance.now() - load };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** A request of spans as exporters write it. */
function requestOf(count, random) {
  const number = (value) => {
    const found = [];
    for (let rest = value; ; rest = Math.floor(rest / 128)) {
      if (rest < 128) return [...found, rest];
      found.push((rest % 128) + 128);
    }
  };
  const field = (tag, bytes) => [tag, ...number(bytes.length), ...bytes];
  const text = (value) => [...Buffer.from(value)];
  const random8 = () => Array.from({ length: 8 }, () => Math.floor(random() * 256));
  const nanos = (ms) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(ms) * 1_000_000n);
    return [...bytes];
  };
  const attribute = (key, value) => field(0x4a, [...field(0x0a, text(key)), ...field(0x12, field(0x0a, text(value)))]);
  const chunks = [];
  for (let span = 0; span < count; span++)
    chunks.push(
      Buffer.from(
        field(0x12, [
          ...field(0x0a, [...random8(), ...random8()]),
          ...field(0x12, random8()),
          ...field(0x2a, text("GET /api/things")),
          0x30,
          2,
          0x39,
          ...nanos(start + span),
          0x41,
          ...nanos(start + span + 12),
          ...attribute("http.route", "/api/things/{id}"),
          ...attribute("uid", `u-${span % 100}`),
          ...attribute("url.path", `/api/things/${span}`),
        ]),
      ),
    );
  const all = Buffer.concat(chunks);
  const wrap = (tag, inner) => Buffer.concat([Buffer.from([tag, ...number(inner.length)]), inner]);
  return wrap(0x0a, wrap(0x12, all));
}

const figure = figures[process.argv[2]];
process.stdout.write(JSON.stringify(await figure()));
