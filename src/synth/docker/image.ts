import type { EnvironmentService } from "../../spec/environment.ts";
import type { Subject } from "../subject.ts";

/** What one Dockerfile builds: a service, or several that share a folder, each by a target of its own. */
export type Image = {
  readonly context: string;
  readonly file: string;
  readonly services: readonly { readonly name: string; readonly service: EnvironmentService }[];
};

export function imagesOf({ environments }: Subject): readonly Image[] {
  const images = new Map<string, { context: string; file: string; services: Map<string, EnvironmentService> }>();
  for (const environment of environments)
    for (const [name, service] of Object.entries(environment.services)) {
      if (service.build === undefined || service.stack === undefined) continue;
      const context = folder(service.build.context);
      if (context.startsWith("..")) continue;
      const file = service.build.file ?? (context === "." ? "Dockerfile" : `${context}/Dockerfile`);
      const image = images.get(file) ?? { context, file, services: new Map() };
      images.set(file, image);
      if (!image.services.has(name)) image.services.set(name, service);
    }
  return [...images.values()].map(({ services, ...image }) => ({
    ...image,
    services: [...services].map(([name, service]) => ({ name, service })),
  }));
}

/** What a service's own stage is called, which `docker build --target` is given; without a target, the first of them is built. */
export function stageOf(service: string): string {
  return reserved.has(service) ? `${service}-service` : service;
}

/** The stages that lead to those of the services. */
const reserved = new Set(["build", "chef", "dependencies", "development", "plan", "runtime"]);

/** `./backend/` and `backend` are one folder. */
function folder(context: string): string {
  const parts = context.split("/").filter((one) => one !== "" && one !== ".");
  return parts.length === 0 ? "." : parts.join("/");
}
