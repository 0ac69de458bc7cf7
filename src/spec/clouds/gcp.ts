import { bytesOf } from "../../lib/quantities.ts";

// Regions and machine types as Google Cloud lists them (cloud.google.com/about/locations, /sql/docs/postgres/instance-settings,
// /run/docs/configuring/services/cpu). A region that opened since is added here.
export const gcpRegions = [
  "africa-south1",
  "asia-east1",
  "asia-east2",
  "asia-northeast1",
  "asia-northeast2",
  "asia-northeast3",
  "asia-south1",
  "asia-south2",
  "asia-southeast1",
  "asia-southeast2",
  "australia-southeast1",
  "australia-southeast2",
  "europe-central2",
  "europe-north1",
  "europe-north2",
  "europe-southwest1",
  "europe-west1",
  "europe-west2",
  "europe-west3",
  "europe-west4",
  "europe-west6",
  "europe-west8",
  "europe-west9",
  "europe-west10",
  "europe-west12",
  "me-central1",
  "me-central2",
  "me-west1",
  "northamerica-northeast1",
  "northamerica-northeast2",
  "northamerica-south1",
  "southamerica-east1",
  "southamerica-west1",
  "us-central1",
  "us-east1",
  "us-east4",
  "us-east5",
  "us-south1",
  "us-west1",
  "us-west2",
  "us-west3",
  "us-west4",
] as const;

export type GcpRegion = (typeof gcpRegions)[number];

const sharedTiers = ["db-f1-micro", "db-g1-small"];
const perfTiers = [2, 4, 8, 16, 32, 48, 64, 80, 96, 128].map((cpus) => `db-perf-optimized-N-${cpus}`);

/** Why Cloud SQL would not make a database of this size; undefined when it would. */
export function gcpDatabaseSizeProblem(size: string): { message: string; hint: string } | undefined {
  if (sharedTiers.includes(size) || perfTiers.includes(size)) return undefined;
  const match = /^db-custom-(\d+)-(\d+)$/.exec(size);
  if (!match)
    return {
      message: `Cloud SQL has no size ${size}`,
      hint: `db-f1-micro, db-g1-small, or db-custom-<CPUs>-<MB>, as db-custom-1-3840`,
    };
  const cpus = Number(match[1]);
  const megabytes = Number(match[2]);
  if (cpus < 1 || cpus > 96 || (cpus > 1 && cpus % 2 === 1))
    return {
      message: `Cloud SQL gives 1 CPU or an even number up to 96, not ${cpus}`,
      hint: `use db-custom-${Math.min(96, cpus + 1)}-${megabytes}`,
    };
  const least = Math.max(3840, Math.ceil((cpus * 0.9 * 1024) / 256) * 256);
  const most = cpus * 6.5 * 1024;
  if (megabytes % 256 !== 0 || megabytes < least || megabytes > most)
    return {
      message: `Cloud SQL gives ${cpus} CPU ${least} to ${Math.floor(most)} MB in steps of 256, not ${megabytes}`,
      hint: `use db-custom-${cpus}-${Math.min(Math.floor(most / 256) * 256, Math.max(least, Math.round(megabytes / 256) * 256))}`,
    };
  return undefined;
}

/** Why Cloud Run would not start a container of this size. */
export function cloudRunSizeProblem(cpu: number, memory: string): { message: string; hint: string } | undefined {
  const mib = bytesOf(memory) / 2 ** 20;
  const allowed = cpu < 1 ? cpu >= 0.08 : [1, 2, 4, 6, 8].includes(cpu);
  if (!allowed) return { message: `Cloud Run gives less than 1 CPU, or 1, 2, 4, 6 or 8, not ${cpu}`, hint: "use one of these" };
  const most = cpu < 0.5 ? 512 : cpu < 1 ? 1024 : ({ 1: 4096, 2: 8192, 4: 16_384, 6: 24_576, 8: 32_768 }[cpu] ?? 32_768);
  const least = cpu >= 8 || cpu === 6 ? 4096 : cpu === 4 ? 2048 : 128;
  if (mib < least || mib > most)
    return {
      message: `Cloud Run gives ${cpu} CPU ${least} to ${most} Mi of memory, not ${memory}`,
      hint: `use at ${mib < least ? "least" : "most"} ${mib < least ? least : most}Mi`,
    };
  return undefined;
}
