import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const tsconfig = `{
  "compilerOptions": {
    "target": "es2023",
    "module": "nodenext",
    "strict": true,
    "noEmit": true,
    "allowImportingTsExtensions": true,
    "skipLibCheck": true,
    "types": [],
    "paths": { "gantry": ["./.gantry/types/spec/index.d.ts"] }
  },
  "include": ["gantry.config.ts"]
}
`;

/**
 * What lets an editor complete a spec in a folder without node_modules: the types of the running Gantry, copied beside the spec
 * and kept out of git, and a tsconfig that points at them.
 */
export function editorFiles(): Map<string, string> {
  const files = new Map([
    ["tsconfig.json", tsconfig],
    [".gantry/.gitignore", "*\n"],
  ]);
  const dist = fileURLToPath(new URL("../", import.meta.url));
  for (const room of ["lib", "spec"]) {
    for (const entry of readdirSync(path.join(dist, room), { recursive: true, withFileTypes: true })) {
      const file = path.join(entry.parentPath, entry.name);
      const name = path.relative(dist, file).split(path.sep).join("/");
      if (entry.isFile() && name.endsWith(".d.ts") && !/^spec\/(?:schema|checks)\//.test(name))
        files.set(`.gantry/types/${name}`, readFileSync(file, "utf8"));
    }
  }
  return files;
}
