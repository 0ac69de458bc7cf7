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
  const images = imagesOf(subject).flatMap((image) => [
    { path: image.file, text: writerOf(image)(image) },
    { path: image.context === "." ? ".dockerignore" : `${image.context}/.dockerignore`, text: ignoredBy(image, root) },
  ]);
  return [...images, ...envFiles(subject)];
}

const writers = { node: nodeDockerfile, python: pythonDockerfile, rust: rustDockerfile };

function writerOf({ services }: Image): (image: Image) => string {
  return writers[services[0]?.service.stack?.language ?? "node"];
}
