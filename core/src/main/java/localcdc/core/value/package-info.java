/**
 * What a column's value is, independent of the path it came by: the JSON text that {@code to_jsonb} prints for it.
 *
 * <p>{@link localcdc.core.value.PgType} describes a type as far as its JSON form needs it, {@link localcdc.core.value.CanonicalJson}
 * turns Postgres' own text into the JSON fragment, {@link localcdc.core.value.JsonEquality} compares, and {@link
 * localcdc.core.value.KeyCanonicalizer} follows Postgres' equality for keys.
 */
package localcdc.core.value;
