/** One version of an object: what it is, and which files of the bucket hold its bytes. */
export type ObjectVersion = {
  readonly key: string;
  /** "null" where versions are not kept. */
  readonly versionId: string;
  readonly at: number;
  readonly size: number;
  /** Without its quotes. */
  readonly etag: string;
  readonly blobs: readonly Blob[];
  /** Content-Type and its like, and `x-amz-meta-…`. */
  readonly headers: Readonly<Record<string, string>>;
  /** By algorithm, in base64. */
  readonly checksums: Readonly<Record<string, string>>;
  readonly checksumType?: "FULL_OBJECT" | "COMPOSITE";
  readonly tags?: Readonly<Record<string, string>>;
  /** Says that the object is gone as of here. */
  readonly isMarker?: true;
};

export type Blob = { readonly id: string; readonly size: number };

export type Upload = {
  readonly id: string;
  readonly key: string;
  readonly at: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly algorithm?: string;
  readonly checksumType?: "FULL_OBJECT" | "COMPOSITE";
};

export type Part = {
  readonly number: number;
  readonly at: number;
  readonly etag: string;
  readonly blob: Blob;
  readonly checksums: Readonly<Record<string, string>>;
};
