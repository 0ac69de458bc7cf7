// A real Prometheus on loopback with a free port and a folder of its own, filled by remote write: the only way in that knows marks of
// ended series. Needs `prometheus` on the path.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "../../src/system/free-port.ts";

export type Written = {
  readonly labels: Readonly<Record<string, string>>;
  readonly times: Float64Array;
  readonly values: Float64Array;
};

export type PrometheusServer = {
  readonly url: string;
  /** Writes in order of time, as a scraper would: the head takes nothing that is much older than its newest. */
  write(series: readonly Written[]): Promise<void>;
  query(expression: string, atMs: number): Promise<PrometheusAnswer>;
  queryRange(expression: string, times: Steps): Promise<PrometheusAnswer>;
  stop(): Promise<void>;
};

export type Steps = { readonly startMs: number; readonly endMs: number; readonly stepMs: number };

export type PrometheusAnswer =
  | { readonly status: "success"; readonly data: { readonly resultType: string; readonly result: unknown } }
  | { readonly status: "error"; readonly error: string };

export async function startPrometheus(): Promise<PrometheusServer> {
  const folder = await mkdtemp(path.join(tmpdir(), "gantry-prometheus-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await writeFile(path.join(folder, "prometheus.yml"), "global: {}\n");
  const child = spawn(
    "prometheus",
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      "--storage.tsdb.retention.time=100y",
      `--web.listen-address=127.0.0.1:${port}`,
      "--web.enable-remote-write-receiver",
      "--log.level=error",
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-10_000);
  });
  const stop = async () => {
    await ended(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`prometheus ended with ${child.exitCode}: ${said}`);
      return (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok === true;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  const ask = async (path_: string, given: Readonly<Record<string, string>>) => {
    const answer = await fetch(`${url}/api/v1/${path_}`, { method: "POST", body: new URLSearchParams(given) });
    return (await answer.json()) as PrometheusAnswer;
  };
  return {
    url,
    stop,
    async write(series) {
      for (const body of requests(series)) {
        const answer = await fetch(`${url}/api/v1/write`, {
          method: "POST",
          headers: {
            "content-type": "application/x-protobuf",
            "content-encoding": "snappy",
            "x-prometheus-remote-write-version": "0.1.0",
          },
          body,
        });
        if (!answer.ok) throw new Error(`prometheus did not take what was written: ${answer.status} ${await answer.text()}`);
      }
    },
    query: (expression, atMs) => ask("query", { query: expression, time: seconds(atMs) }),
    queryRange: (expression, { startMs, endMs, stepMs }) =>
      ask("query_range", { query: expression, start: seconds(startMs), end: seconds(endMs), step: seconds(stepMs) }),
  };
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end;) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("prometheus did not get ready");
}

const sliceMs = 600_000;

/** One request for each ten minutes and some hundred series. */
function* requests(series: readonly Written[]): Generator<Uint8Array<ArrayBuffer>> {
  const first = Math.min(...series.map(({ times }) => times[0] ?? Infinity));
  const last = Math.max(...series.map(({ times }) => times.at(-1) ?? -Infinity));
  const next = series.map(() => 0);
  for (let end = first + sliceMs; end <= last + sliceMs; end += sliceMs) {
    for (let at = 0; at < series.length; at += 200) {
      const parts: Uint8Array[] = [];
      for (const [index, { labels, times, values }] of series.slice(at, at + 200).entries()) {
        const samples: Uint8Array[] = [];
        let place = next[at + index] ?? 0;
        for (; place < times.length && (times[place] ?? 0) < end; place++)
          samples.push(field(2, sample(values, times[place] ?? 0, place)));
        next[at + index] = place;
        if (samples.length === 0) continue;
        const names = Object.keys(labels).toSorted();
        const pairs = names.map((name) =>
          field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(labels[name] ?? ""))])),
        );
        parts.push(field(1, Buffer.concat([...pairs, ...samples])));
      }
      if (parts.length > 0) yield snappy(Buffer.concat(parts));
    }
  }
}

/** The value's bits go over as they are: a mark that a series ended is a NaN among others. */
function sample(values: Float64Array, timeMs: number, place: number): Uint8Array {
  const bits = Buffer.alloc(9);
  bits[0] = 0x09;
  bits.writeBigUInt64LE(new BigUint64Array(values.buffer, values.byteOffset + place * 8, 1)[0] ?? 0n, 1);
  return Buffer.concat([bits, Buffer.of(0x10), varint(BigInt(timeMs))]);
}

function field(number: number, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.of((number << 3) | 2), varint(BigInt(bytes.length)), bytes]);
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  for (let left = value; ; left >>= 7n) {
    if (left < 128n) return Buffer.from([...bytes, Number(left)]);
    bytes.push(Number(left & 127n) | 128);
  }
}

/** Snappy's block format without any compression: only literals, of at most 64 KiB. */
function snappy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const parts = [varint(BigInt(bytes.length))];
  for (let at = 0; at < bytes.length; at += 65_536) {
    const piece = bytes.subarray(at, at + 65_536);
    parts.push(Buffer.of(61 << 2, (piece.length - 1) & 255, (piece.length - 1) >> 8), piece);
  }
  return new Uint8Array(Buffer.concat(parts));
}
