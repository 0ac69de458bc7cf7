/** What is to go wrong, for rehearsals and tests. */
export type Faults = {
  /** The share of requests that are answered with 500, from 0 to 1. */
  readonly errors?: number;
  /** Added to every request; `spreadMs` is the standard deviation. */
  readonly latency?: { readonly meanMs: number; readonly spreadMs: number };
  readonly crashAtStart?: true;
  readonly crashAfterMs?: number;
  /** Ends while answering this request, counted from 1. */
  readonly crashAtRequest?: number;
  readonly leakBytesPerSecond?: number;
  /** Health paths answer 503. */
  readonly failHealth?: true;
  /** Only requests that carry the header `x-gantry-smoke` are answered with 500. */
  readonly failSmoke?: true;
  /** Listens, and is ready only after this long. */
  readonly slowStartMs?: number;
  readonly seed: number;
};

const example = "errors=5%,latency=200ms±50,crash-after=30s,leak=1Mi/s,seed=7";

type Parse = { readonly says: string; readonly read: (value: string) => Partial<Faults> | undefined };

const known: Readonly<Record<string, Parse>> = {
  errors: {
    says: "a share from 0% to 100%",
    read: (value) => {
      const share = number(/^(\d+(?:\.\d+)?)%$/, value);
      return share !== undefined && share <= 100 ? { errors: share / 100 } : undefined;
    },
  },
  latency: {
    says: "a time, with ± its spread: 200ms±50",
    read: (value) => {
      const [mean = "", spread = "0", ...more] = value.split(/±|\+-/);
      const meanMs = milliseconds(mean);
      const spreadMs = milliseconds(/^\d+(\.\d+)?$/.test(spread) ? `${spread}ms` : spread);
      return meanMs === undefined || spreadMs === undefined || more.length > 0 ? undefined : { latency: { meanMs, spreadMs } };
    },
  },
  "crash-at-start": flag({ crashAtStart: true }),
  "crash-after": time((crashAfterMs) => ({ crashAfterMs })),
  "crash-at-request": whole((crashAtRequest) => (crashAtRequest > 0 ? { crashAtRequest } : undefined)),
  leak: {
    says: "bytes a second: 1Mi/s",
    read: (value) => {
      const [, amount, unit = ""] = /^(\d+)(Ki|Mi|Gi)?\/s$/.exec(value) ?? [];
      const factor = { "": 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 }[unit];
      return amount === undefined || factor === undefined ? undefined : { leakBytesPerSecond: Number(amount) * factor };
    },
  },
  "fail-health": flag({ failHealth: true }),
  "fail-smoke": flag({ failSmoke: true }),
  "slow-start": time((slowStartMs) => ({ slowStartMs })),
  seed: whole((seed) => ({ seed })),
};

/** Reads `errors=5%,latency=200ms±50,crash-after=30s`. Tells everything that is wrong with it at once. */
export function parseFaults(text: string): Faults {
  let faults: Faults = { seed: 1 };
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const part of text.split(",").map((one) => one.trim())) {
    if (part === "") continue;
    const [key = "", ...rest] = part.split("=");
    const parse = Object.hasOwn(known, key) ? known[key] : undefined;
    const value = parse?.read(rest.join("="));
    if (!parse) problems.push(`there is no fault "${key}": it is one of ${Object.keys(known).join(", ")}`);
    else if (seen.has(key)) problems.push(`"${key}" is given twice`);
    else if (!value) problems.push(`"${part}" is not understood: ${key} takes ${parse.says}`);
    faults = { ...faults, ...value };
    seen.add(key);
  }
  if (problems.length > 0) throw new FaultsError(problems);
  return faults;
}

export class FaultsError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`faults: ${problems.join("; ")} (as in ${example})`);
    this.problems = problems;
  }
}

function flag(faults: Partial<Faults>): Parse {
  return { says: "no value", read: (value) => (value === "" ? faults : undefined) };
}

function time(make: (ms: number) => Partial<Faults>): Parse {
  return {
    says: "a time: 500ms, 30s, 2m",
    read: (value) => {
      const ms = milliseconds(value);
      return ms === undefined ? undefined : make(ms);
    },
  };
}

function whole(make: (value: number) => Partial<Faults> | undefined): Parse {
  return {
    says: "a whole number",
    read: (value) => {
      const parsed = number(/^(\d{1,9})$/, value);
      return parsed === undefined ? undefined : make(parsed);
    },
  };
}

function milliseconds(text: string): number | undefined {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  const factor = { ms: 1, s: 1_000, m: 60_000 }[unit];
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor;
}

function number(pattern: RegExp, text: string): number | undefined {
  const [, digits] = pattern.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
