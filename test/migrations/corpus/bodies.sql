DO $$
BEGIN
  DROP TABLE trials;
  EXECUTE 'DROP TABLE trials2';
END $$;
CREATE FUNCTION clean() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  TRUNCATE orders;
END $$;
CREATE FUNCTION rest() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM orders';
