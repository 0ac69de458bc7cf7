// Names that Postgres keeps to itself (its manual: SQL Key Words, Template Databases, Predefined Roles), and what each cloud adds.

/** Key words that Postgres reserves: such a name would have to stand in quotes wherever it is used. */
const reserved = new Set(
  (
    "all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create current_catalog " +
    "current_date current_role current_time current_timestamp current_user default deferrable desc distinct do else end except " +
    "false fetch for foreign from grant group having in initially intersect into lateral leading limit localtime localtimestamp " +
    "not null offset on only or order placing primary references returning select session_user some symmetric system_user table " +
    "then to trailing true union unique user using variadic when where window with"
  ).split(" "),
);

const databases: Readonly<Record<string, readonly string[]>> = {
  gcp: ["cloudsqladmin"],
  aws: ["rdsadmin"],
  azure: ["azure_maintenance", "azure_sys"],
};

const users: Readonly<Record<string, readonly string[]>> = {
  gcp: ["cloudsqladmin", "cloudsqlagent", "cloudsqlimportexport", "cloudsqlreplica", "cloudsqlsuperuser", "postgres"],
  aws: ["admin", "rdsadmin", "rdsrepladmin", "rds_superuser", "rds_replication", "rds_iam"],
  azure: ["azure_superuser", "azure_pg_admin", "admin", "administrator", "root", "guest", "public"],
};

export function databaseNameProblem(name: string, cloud: string): string | undefined {
  if (["postgres", "template0", "template1"].includes(name)) return "Postgres makes a database of that name itself";
  if (databases[cloud]?.includes(name)) return "the cloud keeps a database of that name itself";
  return reserved.has(name) ? "it is a word of SQL" : undefined;
}

export function databaseUserProblem(name: string, cloud: string): string | undefined {
  if (name.startsWith("pg_")) return "names that begin with pg_ are those of Postgres itself";
  if (["none", "public"].includes(name)) return "Postgres has no user of that name";
  if (users[cloud]?.includes(name)) return "the cloud keeps a user of that name itself";
  return reserved.has(name) ? "it is a word of SQL" : undefined;
}
