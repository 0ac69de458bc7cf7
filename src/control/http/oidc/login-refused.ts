/** Why somebody who came back is not let in; what there is to say beyond that goes into the server's log alone. */
export type WhyRefused = "stale" | "denied" | "failed" | "not-believed" | "unverified" | "no-role";

export class LoginRefused extends Error {
  readonly why: WhyRefused;

  constructor(why: WhyRefused, says: string = why) {
    super(says);
    this.why = why;
  }
}
