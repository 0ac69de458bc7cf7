/** One file of the product's repository, as it should be. Paths are relative to the folder of the spec, with `/` between their parts. */
export type File = {
  readonly path: string;
  readonly text: string;
  readonly executable?: boolean;
  /**
   * Set where the rest of the file belongs to people (`.gitignore`, `CONTRIBUTING.md`): the text is kept between two marks in it,
   * and what stands around them is left alone.
   */
  readonly part?: true;
};
