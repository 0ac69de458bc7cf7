/** What is made of a thing once, for as long as there is that very thing: nobody may change it meanwhile. */
export function onceFor<Thing extends object, Made extends object | number>(
  make: (thing: Thing) => Made,
): (thing: Thing) => Made {
  const all = new WeakMap<Thing, Made>();
  return (thing) => {
    const before = all.get(thing);
    if (before !== undefined) return before;
    const made = make(thing);
    all.set(thing, made);
    return made;
  };
}

/** The same of two things. */
export function onceForBoth<One extends object, Other extends object, Made extends object>(
  make: (one: One, other: Other) => Made,
): (one: One, other: Other) => Made {
  const of = onceFor((one: One) => onceFor((other: Other) => make(one, other)));
  return (one, other) => of(one)(other);
}
