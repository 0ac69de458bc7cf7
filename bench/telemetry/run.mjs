// What telemetry costs, each figure in processes of its own, the median of several.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { median, times } from "../measure.mjs";

const file = fileURLToPath(new URL("figures.mjs", import.meta.url));
const once = (what) => JSON.parse(execFileSync(process.execPath, [file, what], { encoding: "utf8" }));
const several = (what, turns = 5) => Array.from({ length: turns }, () => once(what));
const middle = (list, of) => median(list.map(of));
const millions = (perSecond) => `${(perSecond / 1e6).toFixed(1)} M/s`;
const thousands = (perSecond) => `${Math.round(perSecond / 1_000)} k/s`;

export function measureTelemetry(say) {
  const kept = once("kept");
  const perSample = kept.bytes.all / kept.samples;
  say(`${kept.series} series, ${kept.samples} samples: ${JSON.stringify(kept.bytes)}`);
  const ingest = several("ingest");
  const perSecond = middle(ingest, (one) => one.perSecond);
  const histogram = several("histogram");
  const record = middle(histogram, (one) => one.ours);
  const spans = several("spans", 3);
  const trace = middle(spans, (one) => one.trace.ms);
  const scan = middle(spans, (one) => one.scanMs);
  const logs = once("logs");
  const otlp = several("otlp", 3);
  const exposition = several("exposition", 3);
  const restart = several("restart", 3);
  return [
    [
      `samples kept: ${kept.series} series of two hours at 5 s, with their labels and index`,
      `${perSample.toFixed(2)} bytes a sample`,
      "the same doubles: 16 bytes",
      times(perSample / 16),
      "at most 6 bytes",
      perSample <= 6,
    ],
    [
      "samples appended to known series",
      millions(perSecond),
      `the same doubles written to where their series is: ${millions(middle(ingest, (one) => one.copyPerSecond))}`,
      times(perSecond / middle(ingest, (one) => one.copyPerSecond)),
      "at least 1 M/s",
      perSecond >= 1e6,
    ],
    [
      "samples appended by their labels",
      millions(middle(ingest, (one) => one.byLabelsPerSecond)),
      `to known series: ${millions(perSecond)}`,
      times(middle(ingest, (one) => one.byLabelsPerSecond / one.perSecond)),
      "shown",
      true,
    ],
    [
      `the last five minutes of all ${kept.series} series`,
      `${kept.selectMs.toFixed(2)} ms`,
      `all two hours of them, unpacked: ${kept.unpackMs.toFixed(0)} ms`,
      `${(kept.selectMs / kept.unpackMs).toFixed(4)} ×`,
      "under 5 ms",
      kept.selectMs < 5,
    ],
    [
      "the gateway's histogram, one record",
      `${record.toFixed(1)} ns`,
      `\`perf_hooks\` createHistogram: ${middle(histogram, (one) => one.node).toFixed(1)} ns; reading a clock: ${middle(histogram, (one) => one.clock).toFixed(1)} ns`,
      times(middle(histogram, (one) => one.ours / one.node)),
      "under 30 ns",
      record < 30,
    ],
    [
      "metrics read from a service's text",
      `${thousands(middle(exposition, (one) => one.perSecond))} samples`,
      "–",
      "–",
      "shown",
      true,
    ],
    [
      "a restart: all these samples from the disk",
      `${Math.round(middle(restart, (one) => one.loadMs))} ms`,
      `written: ${Math.round(middle(restart, (one) => one.saveMs))} ms`,
      times(middle(restart, (one) => one.loadMs / one.saveMs)),
      "none lost",
      restart.every((one) => one.found === one.samples),
    ],
    [
      "a trace among 1,000,000 spans",
      `${(trace * 1_000).toFixed(0)} µs`,
      `all of them looked at: ${scan.toFixed(0)} ms`,
      `${(trace / scan).toFixed(5)} ×`,
      "under 1 ms",
      trace < 1,
    ],
    [
      "a text among 1,000,000 spans",
      `${middle(spans, (one) => one.text.ms).toFixed(0)} ms`,
      `by level and service, the newest 100: ${middle(spans, (one) => one.level.ms).toFixed(1)} ms`,
      "–",
      "shown",
      true,
    ],
    [
      `spans kept, ${middle(spans, (one) => one.bytes).toFixed(0)} bytes each with their attributes`,
      thousands(middle(spans, (one) => one.perSecond)),
      `\`JSON.stringify\` of them: ${thousands(middle(spans, (one) => one.jsonPerSecond))}`,
      times(middle(spans, (one) => one.perSecond / one.jsonPerSecond)),
      "shown",
      true,
    ],
    [
      "spans read from OTLP's protobuf",
      thousands(middle(otlp, (one) => one.perSecond)),
      `\`JSON.parse\` of the same: ${thousands(middle(otlp, (one) => one.jsonPerSecond))}`,
      times(middle(otlp, (one) => one.perSecond / one.jsonPerSecond)),
      "shown",
      true,
    ],
    [
      `a trace in all the logs of a service, ${logs.mebibytes.toFixed(0)} MiB on the disk`,
      `${logs.traceMs.toFixed(0)} ms`,
      `reading the files: ${logs.readMs.toFixed(0)} ms`,
      times(logs.traceMs / logs.readMs),
      "under 200 ms",
      logs.traceMs < 200,
    ],
  ];
}
