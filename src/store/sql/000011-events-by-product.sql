-- The newest of a product, and the newest of some kinds of it, without reading past those of others.
create index event_by_product on event (product, id);
create index event_by_kind on event (product, split_part(kind, '.', 1), id);
