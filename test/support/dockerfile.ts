export type Instruction = { readonly word: string; readonly text: string; readonly line: number };
export type Stage = { readonly base: string; readonly name: string | undefined; readonly instructions: readonly Instruction[] };

const words = new Set(
  "FROM RUN CMD LABEL EXPOSE ENV ADD COPY ENTRYPOINT VOLUME USER WORKDIR ARG ONBUILD STOPSIGNAL HEALTHCHECK SHELL".split(" "),
);

/** The stages of a Dockerfile; throws where BuildKit's frontend would. */
export function parseDockerfile(text: string): readonly Stage[] {
  const stages: { base: string; name: string | undefined; instructions: Instruction[] }[] = [];
  for (const { word, text: rest, line } of instructions(text)) {
    if (!words.has(word)) throw new Error(`line ${line}: ${word} is no instruction`);
    if (rest === "") throw new Error(`line ${line}: ${word} of nothing`);
    if (word === "FROM") {
      const match = /^(\S+)(?: AS ([a-z][a-z0-9_.-]*))?$/i.exec(rest);
      if (!match) throw new Error(`line ${line}: FROM ${rest}`);
      stages.push({ base: match[1] ?? "", name: match[2], instructions: [] });
    } else {
      const stage = stages.at(-1);
      if (!stage) throw new Error(`line ${line}: ${word} before FROM`);
      if (rest.startsWith("[")) JSON.parse(rest);
      stage.instructions.push({ word, text: rest, line });
    }
  }
  for (const { instructions: all } of stages)
    for (const { word, text: rest, line } of all) {
      const from = /--from=(\S+)/.exec(rest)?.[1];
      if (word === "COPY" && from !== undefined && !stages.some(({ name }) => name === from))
        throw new Error(`line ${line}: no stage ${from}`);
    }
  return stages;
}

function instructions(text: string): Instruction[] {
  const out: Instruction[] = [];
  let open: { word: string; text: string; line: number } | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    if (/^\s*#/.test(line) || line.trim() === "") continue;
    const continues = line.endsWith("\\");
    const part = (continues ? line.slice(0, -1) : line).trim();
    if (open) open.text += ` ${part}`;
    else {
      const [word = "", ...rest] = part.split(" ");
      open = { word, text: rest.join(" "), line: index + 1 };
    }
    if (!continues) {
      out.push({ ...open, text: open.text.trim() });
      open = undefined;
    }
  }
  if (open) throw new Error(`line ${open.line}: it never ends`);
  return out;
}

/** A stage with those that it stands on in this file. */
function whole(stages: readonly Stage[], stage: Stage): readonly Instruction[] {
  const below = stages.find(({ name }) => name === stage.base);
  return [...(below ? whole(stages, below) : []), ...stage.instructions];
}

/** What a reviewer would send back. `targets` are the stages that images are made of. */
export function dockerfileProblems(text: string, targets: readonly string[]): string[] {
  const stages = parseDockerfile(text);
  const problems: string[] = [];
  const own = new Set(stages.flatMap(({ name }) => name ?? []));
  for (const { base } of stages)
    if (!own.has(base) && (!/:[^/:]+$/.test(base) || base.endsWith(":latest"))) problems.push(`${base} is not pinned`);
  if (stages.length < 2) problems.push("one stage holds everything");
  for (const { instructions: all } of stages)
    for (const { word, text: rest, line } of all) {
      if ((word === "ARG" || word === "ENV") && /(^|\s)\w*(PASSWORD|SECRET|TOKEN|API_?KEY)\w*=/i.test(rest))
        problems.push(`line ${line}: a secret in ${word}`);
      if (word === "ADD") problems.push(`line ${line}: ADD`);
      if (word === "RUN" && /apt-get install/.test(rest) && !/--no-install-recommends/.test(rest))
        problems.push(`line ${line}: recommends`);
      if (word === "RUN" && /apt-get update/.test(rest) && !/rm -rf \/var\/lib\/apt\/lists/.test(rest))
        problems.push(`line ${line}: apt's lists`);
      if (word === "COPY" && /\.env\b/.test(rest)) problems.push(`line ${line}: an env file`);
    }
  if (
    !stages.some(({ instructions: all }) =>
      all.some(({ word, text: rest }) => word === "RUN" && rest.includes("--mount=type=cache")),
    )
  )
    problems.push("nothing is cached");
  for (const target of targets) {
    const stage = target === "" ? stages.at(-1) : stages.find(({ name }) => name === target);
    if (!stage) {
      problems.push(`there is no stage ${target}`);
      continue;
    }
    const all = whole(stages, stage);
    const last = (word: string) => all.findLast((one) => one.word === word)?.text;
    if (!/^[1-9][0-9]*(:[1-9][0-9]*)?$/.test(last("USER") ?? ""))
      problems.push(`${target || "the image"} runs as ${last("USER") ?? "root"}`);
    if (last("HEALTHCHECK") === undefined) problems.push(`${target || "the image"} has no health check`);
    if (!last("CMD")?.startsWith("[")) problems.push(`${target || "the image"} is not started directly`);
  }
  return problems;
}
