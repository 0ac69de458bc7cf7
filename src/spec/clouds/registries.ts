// What an image may be named: the OCI distribution specification, and what Amazon's and Azure's registries want beyond it.

const part = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const tag = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

const filledIn = /<(?:account|id|project|region|service|sha|subscription|version)>/g;

/** Why no registry takes an image of that name; what stands in `<>` is filled in later. */
export function imageProblem(image: string): { readonly rule: string; readonly hint: string } | undefined {
  const [, named = image, version] = /^(.*?)(?::([^/:]*))?(?:@sha256:[a-f0-9]{64})?$/.exec(image.replace(filledIn, "x")) ?? [];
  const parts = named.split("/");
  const first = parts[0] ?? "";
  const host = parts.length > 1 && /[.:]|^localhost$/.test(first) ? first : undefined;
  const path = host === undefined ? parts : parts.slice(1);
  const hint = "name it in lower-case letters, digits, dashes and slashes";
  const wrong = path.find((one) => !part.test(one));
  if (wrong !== undefined)
    return { rule: `between slashes only lower-case letters and digits stand, with - . _ between them`, hint };
  if (version !== undefined && !tag.test(version))
    return { rule: "a tag is at most 128 letters, digits, dots, dashes and underscores", hint };
  const whole = path.join("/");
  if (whole.length > 255) return { rule: "at most 255 characters are allowed", hint: "shorten it" };
  if (host?.endsWith(".amazonaws.com") && whole.length < 2)
    return { rule: "a repository of ECR has two characters at least", hint: "choose a longer name" };
  const azure = host === undefined ? undefined : /^(.*)\.azurecr\.io$/.exec(host)?.[1];
  if (azure !== undefined && !/^[A-Za-z0-9]{5,50}$/.test(azure))
    return {
      rule: "a registry of Azure is named in 5 to 50 letters and digits",
      hint: "write the registry as shopimages.azurecr.io",
    };
  return undefined;
}
