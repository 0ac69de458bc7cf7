export type Taken = {
  /** `drops the column notes.title` */
  readonly does: string;
  /** loses: data are gone. breaks: code that uses the old shape fails. may break: the rows decide, or what nobody can read. */
  readonly kind: "loses" | "breaks" | "may break";
  readonly relation: string;
  /** Whoever has made one of these, as `Made` names them, has nothing taken away by it. */
  readonly of: readonly string[];
};
