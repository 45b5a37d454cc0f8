package localcdc.core.value;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A column's type as far as its JSON form and its equality need it. Domains are resolved to what they are made of.
 *
 * <p>{@link #toString()} and {@link #parse(String)} are each other's inverse; the text is stable and may be kept in configuration:
 * {@code int4}, {@code array(box,';')}, {@code vector(int2)}, {@code row("street" text,"no" int4)}, {@code unsupported("why")}.
 * Immutable.
 */
public final class PgType {

    /** How a type's text becomes JSON. */
    public enum Kind {
        /** int2, int4, int8, numeric, float4, float8; the name says which. */
        NUMBER,
        BOOL,
        JSON,
        JSONB,
        DATE,
        TIMESTAMP,
        TIMESTAMPTZ,
        /** Ranges of timestamptz: text, but it shows the session's zone. */
        ZONED_RANGE,
        HSTORE,
        /** Everything whose JSON form is its text as a string. */
        TEXT,
        ARRAY,
        /** int2vector and oidvector: an array that prints itself with blanks. */
        VECTOR,
        ROW,
        UNSUPPORTED
    }

    /** One field of a composite type. */
    public record Field(String name, PgType type) {
        public Field {
            Objects.requireNonNull(name);
            Objects.requireNonNull(type);
        }
    }

    /** The name that stands for enums, extension types and all others that are simply text. */
    public static final String OTHER = "other";

    /** citext in a database whose locale lower-cases ASCII letters only. */
    public static final String CITEXT_ASCII = "citext_ascii";

    private static final Map<String, PgType> SCALARS = scalars();

    private final Kind kind;
    private final String name;
    private final PgType element;
    private final char delimiter;
    private final List<Field> fields;
    private final String text;

    private PgType(Kind kind, String name, PgType element, char delimiter, List<Field> fields) {
        this.kind = kind;
        this.name = name;
        this.element = element;
        this.delimiter = delimiter;
        this.fields = fields;
        this.text = print();
    }

    /** A built-in scalar type by its catalog name (int4, bpchar, timestamptz), or hstore, citext, {@link #OTHER}. */
    public static Optional<PgType> scalar(String typname) {
        return Optional.ofNullable(SCALARS.get(typname));
    }

    public static PgType other() {
        return SCALARS.get(OTHER);
    }

    public static PgType array(PgType element, char delimiter) {
        return new PgType(Kind.ARRAY, null, element, delimiter, List.of());
    }

    public static PgType vector(PgType element) {
        return new PgType(Kind.VECTOR, null, element, ' ', List.of());
    }

    public static PgType row(List<Field> fields) {
        return new PgType(Kind.ROW, null, null, ',', List.copyOf(fields));
    }

    /** A type whose JSON form cannot be computed outside the server, with the reason. */
    public static PgType unsupported(String reason) {
        return new PgType(Kind.UNSUPPORTED, reason, null, ',', List.of());
    }

    /**
     * The built-in type with this catalog name, arrays ({@code _int4}) and vectors included.
     *
     * @return empty for a name that is not built in
     */
    public static Optional<PgType> builtIn(String typname) {
        return switch (typname) {
            case "int2vector" -> scalar("int2").map(PgType::vector);
            case "oidvector" -> scalar("oid").map(PgType::vector);
            case OTHER, CITEXT_ASCII -> Optional.empty();
            default -> {
                if (typname.startsWith("_")) {
                    var delimiter = typname.equals("_box") ? ';' : ',';
                    yield builtIn(typname.substring(1)).map(element -> array(element, delimiter));
                }
                yield scalar(typname);
            }
        };
    }

    /** The built-in type with this oid, which is the same in every database. */
    public static Optional<PgType> builtIn(long oid) {
        return BuiltInOids.nameOf(oid).flatMap(PgType::builtIn);
    }

    /**
     * Reads what {@link #toString()} wrote.
     *
     * @throws IllegalArgumentException for any other text
     */
    public static PgType parse(String text) {
        return new PgTypeParser(text).parse();
    }

    public Kind kind() {
        return kind;
    }

    /** The catalog name of a scalar type; empty for arrays and composites. */
    public String name() {
        return kind == Kind.UNSUPPORTED || name == null ? "" : name;
    }

    public PgType element() {
        return element;
    }

    public char delimiter() {
        return delimiter;
    }

    public List<Field> fields() {
        return fields;
    }

    /** Why values of this type, or of a type inside it, cannot be computed; empty when they can. */
    public Optional<String> unsupportedReason() {
        return switch (kind) {
            case UNSUPPORTED -> Optional.of(name);
            case ARRAY, VECTOR -> element.unsupportedReason();
            case ROW ->
                fields.stream()
                        .flatMap(field -> field.type().unsupportedReason().stream())
                        .findFirst();
            default -> Optional.empty();
        };
    }

    /**
     * Whether a value, written without quotes as people write it, is a string in JSON. Arrays, composites and json are not: they are
     * written as JSON already.
     */
    public boolean isJsonString(String plain) {
        return switch (kind) {
            case NUMBER -> plain.equals("NaN") || plain.equals("Infinity") || plain.equals("-Infinity");
            case BOOL, JSON, JSONB, HSTORE, ARRAY, VECTOR, ROW -> false;
            default -> true;
        };
    }

    /** Whether this type, or a type inside it, has this catalog name. */
    public boolean contains(String typname) {
        return switch (kind) {
            case ARRAY, VECTOR -> element.contains(typname);
            case ROW -> fields.stream().anyMatch(field -> field.type().contains(typname));
            default -> name().equals(typname);
        };
    }

    @Override
    public String toString() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PgType that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    private String print() {
        return switch (kind) {
            case ARRAY -> delimiter == ',' ? "array(" + element + ")" : "array(" + element + ",'" + delimiter + "')";
            case VECTOR -> "vector(" + element + ")";
            case ROW ->
                fields.stream()
                        .map(field -> quoted(field.name()) + " " + field.type())
                        .collect(Collectors.joining(",", "row(", ")"));
            case UNSUPPORTED -> "unsupported(" + quoted(name) + ")";
            default -> name;
        };
    }

    private static String quoted(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }

    private static Map<String, PgType> scalars() {
        var text = "aclitem bit box bpchar bytea char cid cidr circle citext " + CITEXT_ASCII
                + " datemultirange daterange gtsvector inet"
                + " int4multirange int4range int8multirange int8range interval jsonpath line lseg macaddr macaddr8 money name"
                + " nummultirange numrange oid path pg_brin_bloom_summary pg_brin_minmax_multi_summary pg_dependencies pg_lsn"
                + " pg_mcv_list pg_ndistinct pg_node_tree pg_snapshot point polygon refcursor regclass regcollation regconfig"
                + " regdictionary regnamespace regoper regoperator regproc regprocedure regrole regtype text tid time timetz"
                + " tsmultirange tsquery tsrange tsvector txid_snapshot uuid varbit varchar xid xid8 xml " + OTHER;
        var own = Stream.of(Kind.BOOL, Kind.JSON, Kind.JSONB, Kind.DATE, Kind.TIMESTAMP, Kind.TIMESTAMPTZ, Kind.HSTORE)
                .map(kind -> scalar(kind, kind.name().toLowerCase(Locale.ROOT)));
        var numbers =
                Stream.of("int2", "int4", "int8", "numeric", "float4", "float8").map(name -> scalar(Kind.NUMBER, name));
        var zoned = Stream.of("tstzrange", "tstzmultirange").map(name -> scalar(Kind.ZONED_RANGE, name));
        var strings = Stream.of(text.split(" ", -1)).map(name -> scalar(Kind.TEXT, name));
        return Stream.of(own, numbers, zoned, strings)
                .flatMap(Function.identity())
                .collect(Collectors.toUnmodifiableMap(PgType::name, Function.identity()));
    }

    private static PgType scalar(Kind kind, String name) {
        return new PgType(kind, name, null, ',', List.of());
    }
}
