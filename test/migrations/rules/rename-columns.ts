import type { RuleCase } from "./case.ts";

export const renameColumnCases: readonly RuleCase[] = [
  {
    rule: "rename-column",
    says: "an array with a length, NOT NULL",
    before: "CREATE TABLE orders (tags varchar(10)[] NOT NULL);",
    sql: "ALTER TABLE orders RENAME COLUMN tags TO words",
    versions: [18],
    finds: [
      {
        rule: "rename-column",
        at: "ALTER TABLE orders RENAME COLUMN tags TO words",
        locks: [
          {
            relation: "orders",
            mode: "ACCESS EXCLUSIVE",
            lasts: "instant",
          },
        ],
        safe: [
          "ALTER TABLE orders ADD COLUMN words varchar(10)[];",
          "CREATE FUNCTION orders_words_sync() RETURNS trigger LANGUAGE plpgsql AS $gantry$\nBEGIN\n  IF TG_OP = 'INSERT' THEN\n    IF NEW.words IS NULL THEN\n      NEW.words := NEW.tags;\n    ELSE\n      NEW.tags := NEW.words;\n    END IF;\n  ELSIF NEW.words IS DISTINCT FROM OLD.words THEN\n    NEW.tags := NEW.words;\n  ELSE\n    NEW.words := NEW.tags;\n  END IF;\n  RETURN NEW;\nEND $gantry$;\nCREATE TRIGGER orders_words_sync BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION orders_words_sync();",
          "UPDATE orders SET words = tags\nWHERE ctid = ANY (ARRAY(SELECT ctid FROM orders WHERE words IS NULL AND tags IS NOT NULL LIMIT 1000 FOR UPDATE SKIP LOCKED));",
          "ALTER TABLE orders ADD CONSTRAINT orders_words_not_null NOT NULL words NOT VALID;",
          "ALTER TABLE orders VALIDATE CONSTRAINT orders_words_not_null;",
          "DROP TRIGGER orders_words_sync ON orders;\nDROP FUNCTION orders_words_sync();\nALTER TABLE orders DROP COLUMN tags;",
        ],
      },
    ],
  },
];
