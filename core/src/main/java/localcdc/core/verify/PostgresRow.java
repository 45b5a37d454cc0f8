package localcdc.core.verify;

/**
 * A row as the database has it.
 *
 * @param key a JSON array of the key's values, in key order
 * @param row what {@code to_jsonb} prints, without the columns left out
 * @param changing whether a transaction that has not ended may be changing it
 */
public record PostgresRow(String key, String row, boolean changing) {}
