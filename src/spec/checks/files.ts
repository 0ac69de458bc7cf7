import type { Path } from "../../lib/paths.ts";
import { shown } from "../../lib/text.ts";
import { plainPath, layoutFrom } from "../layout.ts";
import { environmentCases } from "../resolve.ts";
import { type ProductContext, entries } from "./context.ts";

// What `gantry synth` would write to one path twice is told here, where it has a place in the spec.

/** Each environment in a cloud has a Terraform root of its own, beside the modules and the bucket of the states. */
export function checkRoots({ product, sources, report }: ProductContext): void {
  const { pipeline, files } = product;
  if (pipeline?.infrastructure === undefined && files?.scripts?.parts !== undefined) return;
  const layout = layoutFrom(product);
  const kept = [
    { folder: plainPath(layout.modules), what: "the Terraform modules are" },
    { folder: plainPath(layout.state), what: "the root of the states' bucket is" },
    { folder: plainPath(layout.shared), what: "the root of what environments share is" },
    { folder: plainPath(layout.registry), what: "the root of the shared registry is" },
  ];
  const roots = new Map<string, string>();
  for (const { name, data } of environmentCases(product)) {
    if (data["cloud"] === "local" || data["managed"] === "elsewhere") continue;
    const root = plainPath(layout.terraform(name));
    const other = roots.get(root);
    if (other !== undefined && other !== name)
      report(
        "same-file",
        pipeline?.infrastructure?.root === undefined ? ["environments", name] : ["pipeline", "infrastructure", "root"],
        `${other} and ${name} would both have their Terraform in ${root}`,
        'write the name of the environment into it: "infra/<environment>"',
      );
    else roots.set(root, name);
    const taken = kept.find(({ folder }) => root === folder || root.startsWith(`${folder}/`));
    if (taken)
      report(
        "same-file",
        ["environments", name],
        `the Terraform of ${name} would be in ${root}, where ${taken.what}`,
        "give the environment another name, or Terraform another folder",
        { part: "key", also: whoSays(product, sources) },
      );
  }
}

/** What in the spec leads the roots there. */
function whoSays(product: ProductContext["product"], sources: ProductContext["sources"]) {
  if (product.pipeline?.infrastructure?.root !== undefined)
    return [sources.placeAt(product, ["pipeline", "infrastructure", "root"])];
  return product.files?.terraform === undefined ? [] : [sources.placeAt(product, ["files", "terraform"])];
}

/** Each environment has a file of values of its own. */
export function checkEnvFiles({ product, sources, report }: ProductContext): void {
  const written = new Map<string, { readonly name: string; readonly path: Path }>();
  for (const { name, data, path } of environmentCases(product)) {
    if (data["managed"] === "elsewhere") continue;
    const own = typeof data["envFile"] === "string" ? data["envFile"] : undefined;
    if (own === undefined && product.files?.env === undefined) continue;
    const file = plainPath(own ?? layoutFrom(product).env(name));
    const at = own === undefined ? ["files", "env", "file"] : [...path, "envFile"];
    const known = written.get(file);
    if (known === undefined) written.set(file, { name, path: at });
    else if (known.name !== name)
      report(
        "same-file",
        at,
        `the values of ${known.name} and ${name} would both be written to ${file}`,
        own === undefined ? 'write the name of the environment into it: ".env.<environment>"' : "give each a file of its own",
        own === undefined ? {} : { also: [sources.placeAt(product, known.path)] },
      );
  }
}

/** A policy is a file of Rego and one of its tests, beside the one that reads plans. */
export function checkPolicyFiles({ product, report }: ProductContext): void {
  const { policies: folder } = layoutFrom(product);
  const taken = new Map([[plainPath(`${folder}/terraform.rego`), "what reads Terraform's plans"]]);
  for (const [name, { file, engine }] of entries(product.policies)) {
    if (engine === "sentinel") continue;
    const path = plainPath(file ?? `${folder}/${slug(name)}.rego`);
    const at: Path = file === undefined ? ["policies", name] : ["policies", name, "file"];
    const other = taken.get(path);
    if (other !== undefined)
      report(
        "same-file",
        at,
        `the policy ${shown(name)} would be at ${path}, where ${other} is`,
        file === undefined ? "give the policy another name, or a file: of its own" : "give the policy another file",
      );
    if (file === undefined) continue;
    taken.set(path, `the policy ${shown(name)}`);
    taken.set(path.replace(/(\.rego)?$/, "_test.rego"), `the tests of the policy ${shown(name)} are`);
  }
}

/** A name as a file's. Two that become the same are told apart by whoever writes them. */
function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}

/** The workflows that a product has whatever it is called. */
const workflows: ReadonlySet<string> = new Set(["ci", "drift", "preview"]);

/** A pipeline that has one workflow for its deployments is called by its title, and a check that runs by the clock by its name. */
export function checkWorkflowNames({ product, report }: ProductContext): void {
  const { pipeline, checks } = product;
  const complain = (name: string, path: Path) => {
    if (workflows.has(slug(name)))
      report(
        "same-file",
        path,
        `${shown(name)} would be written where Gantry's own workflow ${slug(name)} is`,
        "give it another name",
      );
  };
  if (pipeline?.title !== undefined) complain(pipeline.title, ["pipeline", "title"]);
  for (const [name, { on }] of entries(checks))
    if (pipeline !== undefined && on?.some((one) => one.on === "schedule")) complain(name, ["checks", name]);
}

/** A compose file is of one environment. */
export function checkComposeFiles({ product, sources, report }: ProductContext): void {
  const locals = environmentCases(product).filter(({ data }) => data["cloud"] === "local" && data["managed"] !== "elsewhere");
  const written = new Map<string, { readonly name: string; readonly path: Path }>();
  for (const { name, data, path } of locals) {
    if (typeof data["compose"] !== "string") continue;
    const file = plainPath(data["compose"]);
    const at = [...path, "compose"];
    const known = written.get(file);
    if (known === undefined) written.set(file, { name, path: at });
    else if (known.name !== name)
      report(
        "same-file",
        at,
        `${known.name} and ${name} would both be written to ${file}`,
        "give each a compose file of its own",
        {
          also: [sources.placeAt(product, known.path)],
        },
      );
  }
  const general = product.files?.compose;
  if (general === undefined || written.has(plainPath(general))) return;
  if (locals.length === 0)
    report(
      "without-effect",
      ["files", "compose"],
      `no environment of ${product.name} runs on a laptop, so ${general} would not be written`,
      "leave it out, or add an environment made by local()",
    );
  else if (written.size > 0)
    report(
      "without-effect",
      ["files", "compose"],
      `${general} would not be written: ${[...written].map(([file, { name }]) => `${name} has its own, ${file}`).join(", ")}`,
      "name the file once: here, or with the environment",
    );
}

/** GitHub and GitLab find their pipelines at paths of their own. */
export function checkPipelineFile({ product, report }: ProductContext): void {
  const { pipeline } = product;
  if (pipeline?.file === undefined || pipeline.runsOn.includes("cloud build")) return;
  report(
    "without-effect",
    ["pipeline", "file"],
    `${pipeline.runsOn.includes("github actions") ? "GitHub Actions reads .github/workflows/" : "GitLab CI reads .gitlab-ci.yml"}, so nothing would be written to ${pipeline.file}`,
    "leave it out: it is for Cloud Build",
  );
}
