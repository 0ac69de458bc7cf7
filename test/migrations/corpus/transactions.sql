-- gantry: no transaction
BEGIN;
ALTER TABLE orders ADD COLUMN a int;
UPDATE orders SET a = 1;
ALTER TABLE orders ADD COLUMN b int;
ALTER TABLE items ADD COLUMN b int;
ALTER TABLE orders ADD CONSTRAINT orders_a CHECK (a > 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_a;
CREATE INDEX CONCURRENTLY orders_b ON orders (b);
COMMIT;
DELETE FROM orders;
UPDATE orders SET a = 2 WHERE a IS NULL;
UPDATE orders SET a = 2 WHERE id = 7;
BEGIN;
BEGIN;
SELECT 1;
