import { type Catalogue, routineOf } from "../catalogue/catalogue.ts";
import { allOf, nameOfWords, wordsOf } from "../sql/tree.ts";

/**
 * Functions of Postgres (its pg_proc, 15 to 18) and of its usual extensions that give the same value within a statement. Those that no
 * expression of a column would call (operators, input and output, support of indexes and aggregates) are left out.
 */
const steady = new Set(
  (
    "abbrev abs acos acosd acosh age area array_append array_cat array_dims array_fill array_length array_lower " +
    "array_ndims array_position array_positions array_prepend array_remove array_replace array_reverse array_sort " +
    "array_to_json array_to_string array_to_tsvector array_upper ascii asin asind asinh atan atan2 atan2d atand atanh bit " +
    "bit_count bit_length bool bpchar broadcast bytea cardinality casefold cbrt ceil ceiling center char char_length " +
    "character_length chr cidr circle citext col_description concat concat_ws convert convert_from convert_to cos cosd " +
    "cosh cot cotd crc32 crc32c crypt cube current_database current_schema current_schemas current_setting current_user " +
    "date date_add date_bin date_part date_subtract date_trunc datemultirange daterange decode decrypt degrees diagonal " +
    "diameter digest div encode encrypt enum_first enum_last enum_range erf erfc exp extract factorial family float4 " +
    "float8 floor format format_type gamma gcd get_bit get_byte get_current_ts_config getdatabaseencoding " +
    "has_table_privilege hashint4 hashint8 hashtext hashtextextended height hmac host hostmask hstore icu_unicode_version " +
    "inet_client_addr inet_client_port inet_merge inet_server_addr inet_server_port initcap int2 int4 int4multirange " +
    "int4range int8 int8multirange int8range interval is_normalized isempty isfinite json_array_length json_build_array " +
    "json_build_object json_object json_populate_record json_strip_nulls json_to_record json_to_tsvector json_typeof " +
    "jsonb_array_length jsonb_build_array jsonb_build_object jsonb_insert jsonb_object jsonb_path_exists " +
    "jsonb_path_exists_tz jsonb_path_match jsonb_path_match_tz jsonb_path_query_array jsonb_path_query_array_tz " +
    "jsonb_path_query_first jsonb_path_query_first_tz jsonb_populate_record jsonb_populate_record_valid jsonb_pretty " +
    "jsonb_set jsonb_set_lax jsonb_strip_nulls jsonb_to_record jsonb_to_tsvector jsonb_typeof justify_days justify_hours " +
    "justify_interval lcm left length levenshtein lgamma line ln log log10 lower lower_inc lower_inf lpad lseg ltree ltrim " +
    "macaddr macaddr8 make_date make_interval make_time make_timestamp make_timestamptz masklen md5 metaphone min_scale " +
    "mod money multirange name netmask network nlevel normalize now npoints num_nonnulls num_nulls numeric nummultirange " +
    "numnode numrange obj_description octet_length oid overlaps overlay parse_ident path pg_backend_pid pg_client_encoding " +
    "pg_column_size pg_current_xact_id pg_get_serial_sequence pg_has_role pg_postmaster_start_time pg_size_pretty " +
    "pg_typeof phraseto_tsquery pi plainto_tsquery point polygon position pow power querytree quote_ident quote_literal " +
    "quote_nullable radians radius range_merge regclass regexp_count regexp_instr regexp_like regexp_match regexp_replace " +
    "regexp_split_to_array regexp_substr repeat replace reverse right round row_security_active row_to_json rpad rtrim " +
    "scale session_user set_bit set_byte set_masklen setweight sha224 sha256 sha384 sha512 shobj_description show_trgm " +
    "sign similarity sin sind sinh slope soundex split_part sqrt st_geogfromtext st_geometryfromtext st_geomfromgeojson " +
    "st_geomfromtext st_makeenvelope st_makepoint st_point st_setsrid st_transform statement_timestamp string_to_array " +
    "strip strpos subpath substr substring system_user tan tand tanh text text2ltree time timestamp timestamptz timetz " +
    "timezone to_ascii to_bin to_char to_date to_hex to_json to_jsonb to_number to_oct to_regclass to_regcollation " +
    "to_regnamespace to_regoper to_regoperator to_regproc to_regprocedure to_regtype to_regtypemod to_timestamp to_tsquery " +
    "to_tsvector transaction_timestamp translate trim_array trim_scale trunc ts_delete ts_filter ts_headline ts_rank " +
    "ts_rank_cd tsmultirange tsquery_phrase tsrange tstzmultirange tstzrange tsvector_to_array txid_current " +
    "txid_current_if_assigned txid_current_snapshot txid_snapshot_xmax txid_snapshot_xmin txid_visible_in_snapshot " +
    "unaccent unicode_assigned unicode_version unistr upper upper_inc upper_inf uuid_extract_timestamp " +
    "uuid_extract_version uuid_generate_v3 uuid_generate_v5 uuid_nil uuid_ns_dns uuid_ns_oid uuid_ns_url uuid_ns_x500 " +
    "varbit varchar version websearch_to_tsquery width width_bucket word_similarity xid xml xml_is_well_formed " +
    "xml_is_well_formed_content xml_is_well_formed_document xmlcomment xmlexists xmltext xpath xpath_exists"
  ).split(" "),
);

/**
 * The functions that an expression calls and that may give each row another value. Whoever says nothing when a function is made has
 * made it VOLATILE, so that one which nobody is known to have made otherwise counts as such.
 */
export function volatileCalls(expression: unknown, catalogue: Catalogue): readonly string[] {
  return allOf(expression, "FuncCall").flatMap(({ funcname }) => {
    const called = nameOfWords(wordsOf(funcname));
    const isOwn = called.schema === undefined || called.schema === "pg_catalog" || called.schema === "public";
    const known = routineOf(catalogue, called)?.volatility ?? (isOwn && steady.has(called.name) ? "stable" : "volatile");
    return known === "volatile" ? [called.name] : [];
  });
}

/** Whether an expression calls nothing but such functions of Postgres. */
export function isSteady(expression: unknown): boolean {
  return allOf(expression, "FuncCall").every(({ funcname }) => {
    const { schema = "pg_catalog", name } = nameOfWords(wordsOf(funcname));
    return schema === "pg_catalog" && steady.has(name);
  });
}
