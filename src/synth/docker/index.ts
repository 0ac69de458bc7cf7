import { UserError } from "../../lib/errors.ts";
import { listed } from "../../lib/text.ts";
import { envFiles } from "../env/files.ts";
import type { File } from "../file.ts";
import { layoutOf } from "../layout.ts";
import type { Subject } from "../subject.ts";
import { type Image, imagesOf } from "./image.ts";
import { ignoredBy } from "./ignored.ts";
import { nodeDockerfile } from "./node.ts";
import { pythonDockerfile } from "./python.ts";
import { rustDockerfile } from "./rust.ts";

/** A Dockerfile for each folder that services are built of, with what a build must not see of it, and the values of each environment. */
export function docker(subject: Subject): readonly File[] {
  const { root } = layoutOf(subject);
  const images = imagesOf(subject);
  const files = images.flatMap((image) => [
    { path: image.file, text: writerOf(image)(image) },
    { path: ignoreFileOf(image, images), text: ignoredBy(image, root) },
  ]);
  return [...files, ...envFiles(subject)];
}

/** Beside the context; where several Dockerfiles are built of one, each has its own, as Docker looks for it. */
function ignoreFileOf({ context, file }: Image, images: readonly Image[]): string {
  if (images.filter((one) => one.context === context).length > 1) return `${file}.dockerignore`;
  return context === "." ? ".dockerignore" : `${context}/.dockerignore`;
}

const writers = { node: nodeDockerfile, python: pythonDockerfile, rust: rustDockerfile };

function writerOf({ file, services }: Image): (image: Image) => string {
  const languages = new Set(services.map(({ service }) => service.stack?.language));
  if (languages.size > 1)
    throw new UserError("same-file", `services of ${listed([...languages].map(String))} are built of one Dockerfile, ${file}`, {
      hint: 'give each a file of its own: build: { context, file: "<name>.Dockerfile" }',
    });
  return writers[services[0]?.service.stack?.language ?? "node"];
}
