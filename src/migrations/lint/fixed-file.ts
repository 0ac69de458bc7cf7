/** A file of a safe way, as it would be written. */
export type FixedFile = { readonly path: string; readonly text: string };
