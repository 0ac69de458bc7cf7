/** What is made of a thing once, for as long as there is that very thing: nobody may change it meanwhile. */
export function onceFor<Thing extends object, Made extends object>(make: (thing: Thing) => Made): (thing: Thing) => Made {
  const all = new WeakMap<Thing, Made>();
  return (thing) => {
    const before = all.get(thing);
    if (before !== undefined) return before;
    const made = make(thing);
    all.set(thing, made);
    return made;
  };
}
