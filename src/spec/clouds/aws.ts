import { bytesOf } from "../../lib/quantities.ts";

// Regions, instance classes and task sizes as AWS lists them (docs.aws.amazon.com: global infrastructure, RDS and ElastiCache
// instance classes, Fargate task sizes).
export const awsRegions = [
  "af-south-1",
  "ap-east-1",
  "ap-east-2",
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-northeast-3",
  "ap-south-1",
  "ap-south-2",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-southeast-3",
  "ap-southeast-4",
  "ap-southeast-5",
  "ap-southeast-7",
  "ca-central-1",
  "ca-west-1",
  "eu-central-1",
  "eu-central-2",
  "eu-north-1",
  "eu-south-1",
  "eu-south-2",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "il-central-1",
  "me-central-1",
  "me-south-1",
  "mx-central-1",
  "sa-east-1",
  "cn-north-1",
  "cn-northwest-1",
  "us-east-1",
  "us-east-2",
  "us-gov-east-1",
  "us-gov-west-1",
  "us-west-1",
  "us-west-2",
] as const;

export type AwsRegion = (typeof awsRegions)[number];

const sizes = {
  t: ["micro", "small", "medium", "large", "xlarge", "2xlarge"],
  m5: ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge"],
  g6: ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"],
  g7: ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"],
  g8: ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "48xlarge"],
} as const;

const databaseFamilies: Readonly<Record<string, readonly string[]>> = {
  t3: sizes.t,
  t4g: sizes.t,
  m5: sizes.m5,
  m6g: sizes.g6,
  m6gd: sizes.g6,
  m6i: [...sizes.m5, "32xlarge"],
  m7g: sizes.g7,
  m7i: [...sizes.m5, "48xlarge"],
  m8g: sizes.g8,
  r5: sizes.m5,
  r6g: sizes.g6,
  r6gd: sizes.g6,
  r5b: sizes.m5,
  x2g: sizes.g6,
  r6i: [...sizes.m5, "32xlarge"],
  r7g: sizes.g7,
  r7i: [...sizes.m5, "48xlarge"],
  r8g: sizes.g8,
};

const cacheFamilies: Readonly<Record<string, readonly string[]>> = {
  t3: ["micro", "small", "medium"],
  t4g: ["micro", "small", "medium"],
  m5: ["large", "xlarge", "2xlarge", "4xlarge", "12xlarge", "24xlarge"],
  m6g: sizes.g6,
  m7g: sizes.g7,
  r5: ["large", "xlarge", "2xlarge", "4xlarge", "12xlarge", "24xlarge"],
  r6g: sizes.g6,
  r6gd: ["xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"],
  r7g: sizes.g7,
};

export function rdsSizeProblem(size: string): { message: string; hint: string } | undefined {
  return classProblem("RDS", "db", databaseFamilies, size);
}

export function elasticacheSizeProblem(size: string): { message: string; hint: string } | undefined {
  return classProblem("ElastiCache", "cache", cacheFamilies, size);
}

function classProblem(product: string, prefix: string, families: Readonly<Record<string, readonly string[]>>, size: string) {
  const [start, family = "", step = ""] = size.split(".");
  const steps = Object.hasOwn(families, family) ? families[family] : undefined;
  if (start === prefix && steps?.includes(step) && size.split(".").length === 3) return undefined;
  if (start === prefix && steps)
    return { message: `${product} has no size ${size}`, hint: `${prefix}.${family} comes as ${steps.join(", ")}` };
  return {
    message: `${product} has no size ${size}`,
    hint: `sizes read ${prefix}.r6g.large; families: ${Object.keys(families).join(", ")}`,
  };
}

const fargate: Readonly<Record<string, readonly [least: number, most: number, step: number]>> = {
  0.25: [512, 2048, 512],
  0.5: [1024, 4096, 1024],
  1: [2048, 8192, 1024],
  2: [4096, 16_384, 1024],
  4: [8192, 30_720, 1024],
  8: [16_384, 61_440, 4096],
  16: [32_768, 122_880, 8192],
};

/** Why Fargate would not run a task of this size. */
export function fargateSizeProblem(cpu: number, memory: string): { message: string; hint: string } | undefined {
  const row = fargate[String(cpu)];
  if (!row) return { message: `Fargate gives 0.25, 0.5, 1, 2, 4, 8 or 16 CPU, not ${cpu}`, hint: "use one of these" };
  const mib = bytesOf(memory) / 2 ** 20;
  const [least, most, step] = row;
  const fits = mib >= least && mib <= most && (mib % step === 0 || (cpu === 0.25 && [512, 1024, 2048].includes(mib)));
  if (fits && !(cpu === 0.25 && mib === 1536)) return undefined;
  return {
    message: `Fargate gives ${cpu} CPU ${least / 1024} to ${most / 1024} Gi of memory in steps of ${step / 1024}, not ${memory}`,
    hint: `use ${(cpu === 0.25 && mib > 1024 ? 2048 : Math.min(most, Math.max(least, Math.ceil(mib / step) * step))) / 1024}Gi`,
  };
}
