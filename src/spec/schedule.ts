const fields = [
  { name: "minute", least: 0, most: 59, words: [] as string[] },
  { name: "hour", least: 0, most: 23, words: [] as string[] },
  { name: "day of the month", least: 1, most: 31, words: [] as string[] },
  {
    name: "month",
    least: 1,
    most: 12,
    words: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
  },
  { name: "day of the week", least: 0, most: 7, words: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];

const daysInMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Why a five-field cron expression makes no sense, or never comes; undefined when it does. */
export function cronProblem(expression: string): string | undefined {
  const parts = expression.split(" ");
  if (parts.length !== 5) return "a schedule has five fields: minute, hour, day of the month, month, day of the week";
  const sets: Set<number>[] = [];
  for (const [index, field] of fields.entries()) {
    const values = fieldValues(parts[index] ?? "", field);
    if (typeof values === "string") return values;
    sets.push(values);
  }
  const [, , days, months] = sets;
  const everyWeekday = parts[4] === "*";
  const comes = [...(months ?? [])].some((month) => [...(days ?? [])].some((day) => day <= (daysInMonth[month - 1] ?? 0)));
  if (everyWeekday && !comes) return "this schedule never comes: no such month has such a day";
  return undefined;
}

function fieldValues(text: string, field: (typeof fields)[number]): Set<number> | string {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const match = /^(\*|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d+))?$/i.exec(part);
    if (!match) return `${JSON.stringify(text)} is no ${field.name}`;
    const [, start = "", end, stepText] = match;
    const from = start === "*" ? field.least : number(start, field);
    const to = start === "*" ? field.most : end !== undefined ? number(end, field) : stepText !== undefined ? field.most : from;
    const step = stepText === undefined ? 1 : Number(stepText);
    if (from === undefined || to === undefined || (start === "*" && end !== undefined))
      return `${JSON.stringify(part)} is no ${field.name}: it goes from ${field.least} to ${field.most}`;
    if (to < from) return `${JSON.stringify(part)} runs backwards: a ${field.name} goes from low to high`;
    if (step < 1) return `${JSON.stringify(part)} steps by nothing`;
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return values;
}

function number(text: string, field: (typeof fields)[number]): number | undefined {
  const word = field.words.indexOf(text.toLowerCase());
  const value = word >= 0 ? word + (field.least === 1 ? 1 : 0) : /^\d+$/.test(text) ? Number(text) : NaN;
  return value >= field.least && value <= field.most ? value : undefined;
}
