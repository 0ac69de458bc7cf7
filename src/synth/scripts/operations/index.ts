import type { File } from "../../file.ts";
import { layoutOf, relative } from "../../layout.ts";
import { type Subject, productOf } from "../../subject.ts";
import { type Shell, paragraphs, sh } from "../sh.ts";
import { backUpScript, retentionFiles, verifyBackupsScript } from "./backups.ts";
import { cutOverDnsScript } from "./cut-over-dns.ts";
import { failOverMinioScript, failOverPostgresScript } from "./fail-over.ts";
import { operationsLibrary } from "./library.ts";
import { databaseOf, minioOf, operated } from "./place.ts";
import { cleanUpScript, deployScript, migrateScript } from "./work.ts";

/** The scripts of a product on a cluster of AWS or Azure: those its spec names, and those of its backups and its second region. */
export function operationsScripts(subject: Subject): readonly File[] {
  const environments = operated(subject);
  const [live] = environments.toSorted((a, b) => Number(b.production ?? false) - Number(a.production ?? false));
  const { files } = productOf(subject);
  const names = files?.scripts?.names ?? [];
  const { standby } = live ?? {};
  if (live === undefined || (names.length === 0 && files?.backups === undefined && standby === undefined)) return [];

  const layout = layoutOf(subject);
  const database = databaseOf(live);
  const minio = minioOf(live);
  const work: Readonly<Record<string, Shell | undefined>> = {
    "deploy.sh": deployScript(subject, live),
    "migrate.sh": database && migrateScript(live, database),
    "clean-up.sh": cleanUpScript(live),
  };
  const kept = [database?.of.backup, minio?.of.backup].some((one) => one !== undefined);
  const failing = standby?.scripts ?? layout.backups;
  const scripts: readonly (readonly [path: string, body: Shell | undefined])[] = [
    ...names.map((name) => [`${layout.scripts}/${name}`, work[name]] as const),
    ...(kept
      ? [
          [`${layout.backups}/back-up.sh`, backUpScript(subject, live, database, minio)] as const,
          [`${layout.backups}/verify-backups.sh`, verifyBackupsScript(live, database, minio)] as const,
        ]
      : []),
    ...(standby && database ? [[`${failing}/fail-over-postgres.sh`, failOverPostgresScript(live, database)] as const] : []),
    ...(standby && minio ? [[`${failing}/fail-over-minio.sh`, failOverMinioScript(minio)] as const] : []),
    ...(standby?.dnsCutOver === undefined ? [] : [[standby.dnsCutOver, cutOverDnsScript(live)] as const]),
  ];
  const library = `${layout.scripts}/lib.sh`;
  return [
    { path: library, text: `${operationsLibrary(subject, live).shell}\n` },
    ...scripts.flatMap(([path, body]) => (body === undefined ? [] : [script(path, library, body)])),
    ...(kept ? retentionFiles(layout.backups, subject, database, minio) : []),
  ];
}

function script(path: string, library: string, body: Shell): File {
  const from = relative(path.slice(0, path.lastIndexOf("/")), library).replace(/^\.\//, "");
  const opening = sh`
#!/usr/bin/env bash
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=${from}
source "$(dirname "\${BASH_SOURCE[0]}")/${from}"
`;
  return { path, text: `${paragraphs(opening, body).shell}\n`, executable: true };
}
