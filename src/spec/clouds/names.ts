// How long names may be and what they are made of, as the clouds' own pages say. Names of a spec have at most 63 lower-case letters,
// digits and dashes anyhow, so only what is narrower than that stands here.

export type NameRule = {
  readonly what: string;
  readonly least: number;
  readonly most: number;
  readonly form: RegExp;
  readonly formIs: string;
  readonly never?: readonly { readonly form: RegExp; readonly is: string }[];
  readonly hint: string;
};

const label = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;
const labelIs = "lower-case letters, digits and dashes are allowed, a letter first, no dash last";
const doubleDash = { form: /--/, is: "two dashes in a row are not allowed" };

/** Lower-case letters, digits and dashes, as most clouds want them. */
function labelled(what: string, least: number, most: number, never: NameRule["never"] = []): NameRule {
  return {
    what,
    least,
    most,
    form: label,
    formIs: labelIs,
    never,
    hint: `use ${least} to ${most} lower-case letters, digits and dashes`,
  };
}

export const serviceRules = {
  /** Cloud Run Admin API, services.create: "must contain fewer than 50 characters". */
  cloudRun: labelled("a Cloud Run service", 1, 49),
  /** Kubernetes, CronJob: the controller adds 11 characters to make the names of its jobs. */
  cronJob: labelled("a CronJob of Kubernetes", 1, 52),
} as const;

/** IAM: service accounts of Google Cloud, IAM roles of AWS, user-assigned identities of Azure. */
export const accountRules = {
  gcp: labelled("service account", 6, 30),
  aws: {
    what: "IAM role",
    least: 1,
    most: 64,
    form: /^[\w+=,.@-]+$/,
    formIs: "letters, digits and + = , . @ _ - are allowed",
    hint: "use at most 64 letters, digits and dashes",
  },
  azure: {
    what: "managed identity",
    least: 3,
    most: 128,
    form: /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
    formIs: "letters, digits, dashes and underscores are allowed, a letter or digit first",
    hint: "use 3 to 128 letters, digits and dashes",
  },
} as const satisfies Readonly<Record<string, NameRule>>;

const google = { form: /google|g00gle|^goog/, is: 'it must not begin with "goog" or contain "google"' };
const s3Reserved = [
  { form: /^(xn--|sthree-|amzn-s3-demo-)/, is: "xn--, sthree- and amzn-s3-demo- are reserved by S3 as beginnings" },
  { form: /(-s3alias|--ol-s3|--x-s3|--table-s3)$/, is: "-s3alias, --ol-s3, --x-s3 and --table-s3 are reserved by S3 as ends" },
];

/** Bucket naming pages of Cloud Storage, S3 and MinIO; containers of Azure Blob Storage. */
export const bucketRules = {
  gcp: labelled("bucket", 3, 63, [google]),
  aws: labelled("bucket", 3, 63, s3Reserved),
  azure: labelled("container", 3, 63, [doubleDash]),
  minio: labelled("bucket", 3, 63, s3Reserved),
} as const;

const topic = labelled("topic", 3, 255, [{ form: /^goog/, is: 'it must not begin with "goog"' }]);

/**
 * What a resource's `instance` names: Memorystore and Pub/Sub; RDS and ElastiCache identifiers, KMS aliases; flexible servers,
 * caches and vaults of Azure. Cloud SQL takes 98 characters with its project, which no name here reaches.
 */
export const resourceRules: Readonly<Record<"gcp" | "aws" | "azure", Readonly<Record<string, NameRule>>>> = {
  gcp: { redis: labelled("Memorystore instance", 1, 40), topic, queue: topic, bucket: bucketRules.gcp },
  aws: {
    postgres: labelled("RDS instance", 1, 63, [doubleDash]),
    redis: labelled("ElastiCache group", 1, 40, [doubleDash]),
    bucket: bucketRules.aws,
    kms: labelled("KMS alias", 1, 250, [{ form: /^aws/, is: "aliases that begin with aws are those of AWS itself" }]),
  },
  azure: {
    postgres: labelled("PostgreSQL server", 3, 63),
    redis: labelled("cache", 1, 63, [doubleDash]),
    bucket: bucketRules.azure,
    kms: labelled("key vault", 3, 24, [doubleDash]),
  },
};

/** GKE clusters; ECS (255) and EKS (100) take whatever a spec can say; AKS. */
export const clusterRules: Readonly<Record<string, NameRule>> = { gke: labelled("a GKE cluster", 1, 40) };

/** Virtual networks of Azure have two characters at least; a VPC of Google Cloud is named as everything in Compute Engine. */
export const networkRules: Readonly<Record<string, NameRule>> = { azure: labelled("a virtual network", 2, 64) };
