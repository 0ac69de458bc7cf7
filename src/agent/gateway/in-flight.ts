/** What is in flight on a replica, as a drain sees it. */
export type InFlight = {
  /** Where it is in the list; the list's own. */
  slot: number;
  /** The replica goes away: what can be asked to come back elsewhere is asked to. */
  goingAway(): void;
  /** Ends it now. True when that took something from somebody. */
  cut(): boolean;
};

/**
 * A list rather than a Set: a Set that is filled and emptied all the time leaves its old tables behind, and a table that the collector
 * has already moved to the old ones holds on to every request it knew.
 */
export class InFlightList {
  private readonly all: InFlight[] = [];

  get size(): number {
    return this.all.length;
  }

  add(one: InFlight): void {
    one.slot = this.all.push(one) - 1;
  }

  /** False when it is not here. */
  remove(one: InFlight): boolean {
    if (this.all[one.slot] !== one) return false;
    const last = this.all.pop();
    if (last !== undefined && last !== one) {
      this.all[one.slot] = last;
      last.slot = one.slot;
    }
    one.slot = -1;
    return true;
  }

  /** As they are now: each may leave while it is spoken to. */
  snapshot(): readonly InFlight[] {
    return [...this.all];
  }
}
