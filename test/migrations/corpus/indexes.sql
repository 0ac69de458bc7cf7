-- Indexes, partitions and what keeps tables in order: nothing here was made by a migration, so that all of it is in use.
CREATE INDEX orders_total ON orders (total);
CREATE UNIQUE INDEX orders_number ON orders (number);
CREATE INDEX CONCURRENTLY orders_state ON orders (state);
DROP INDEX orders_old;
DROP INDEX CONCURRENTLY orders_older;
REINDEX INDEX orders_total;
REINDEX TABLE orders;
REINDEX INDEX CONCURRENTLY orders_total;
ALTER TABLE events DETACH PARTITION events_1;
ALTER TABLE events DETACH PARTITION events_2 CONCURRENTLY;
ALTER TABLE events ATTACH PARTITION events_3 FOR VALUES FROM (1) TO (2);
VACUUM FULL orders;
CLUSTER orders USING orders_total;
CREATE INDEX orders_wide ON orders (a, b, c, d);
