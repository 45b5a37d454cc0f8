package localcdc.embedded.server;

import java.util.Map;

/**
 * What a column's type is made of, where its oid does not say it.
 *
 * @param definition the attributes of all composites inside it and the casts that {@code to_jsonb} uses; comparable as text
 * @param enumLabels labels of all enums inside it, by the label's oid
 * @param timetz whether it is timetz or a value of it contains one, other than as the bound of a range
 * @param castToJson the name of a type inside it that a user has given a cast to json; null when there is none
 */
record TypeFacts(String definition, Map<Long, String> enumLabels, boolean timetz, String castToJson) {
    private static final TypeFacts BUILT_IN = new TypeFacts("", Map.of(), false, null);
    private static final TypeFacts TIMETZ = new TypeFacts("", Map.of(), true, null);

    TypeFacts {
        enumLabels = Map.copyOf(enumLabels);
    }

    static TypeFacts builtIn(boolean timetz) {
        return timetz ? TIMETZ : BUILT_IN;
    }
}
