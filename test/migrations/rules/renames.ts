import type { RuleCase } from "./case.ts";

export const renameCases: readonly RuleCase[] = [
  {
    rule: "rename-column",
    says: "old and new code know one of the names each",
    before: "CREATE TABLE orders (id bigint);",
    sql: "ALTER TABLE orders RENAME COLUMN id TO number",
    finds: [
      {
        rule: "rename-column",
        at: "ALTER TABLE orders RENAME COLUMN id TO number",
        locks: [{ relation: "orders", mode: "ACCESS EXCLUSIVE", lasts: "instant" }],
        safe: [
          "ALTER TABLE orders ADD COLUMN number bigint;",
          "CREATE FUNCTION orders_number_sync() RETURNS trigger LANGUAGE plpgsql AS $gantry$\nBEGIN\n  IF TG_OP = 'INSERT' THEN\n    IF NEW.number IS NULL THEN\n      NEW.number := NEW.id;\n    ELSE\n      NEW.id := NEW.number;\n    END IF;\n  ELSIF NEW.number IS DISTINCT FROM OLD.number THEN\n    NEW.id := NEW.number;\n  ELSE\n    NEW.number := NEW.id;\n  END IF;\n  RETURN NEW;\nEND $gantry$;\nCREATE TRIGGER orders_number_sync BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION orders_number_sync();",
          "UPDATE orders SET number = id\nWHERE ctid = ANY (ARRAY(SELECT ctid FROM orders WHERE number IS NULL AND id IS NOT NULL LIMIT 1000 FOR UPDATE SKIP LOCKED));",
          "DROP TRIGGER orders_number_sync ON orders;\nDROP FUNCTION orders_number_sync();\nALTER TABLE orders DROP COLUMN id;",
        ],
      },
    ],
  },
  {
    rule: "rename-column",
    says: "nobody knows a table of the same migration",
    sql: "CREATE TABLE orders (id bigint); ALTER TABLE orders RENAME COLUMN id TO number",
    finds: [],
  },
];
