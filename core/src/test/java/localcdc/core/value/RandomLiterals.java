package localcdc.core.value;

import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** SQL expressions of random values that are hard to quote; the same for the same seed. */
final class RandomLiterals {

    private static final String[] PIECES = {
        "\"",
        "\\",
        ",",
        "(",
        ")",
        "{",
        "}",
        " ",
        "NULL",
        "''",
        "\n",
        "\t",
        "a",
        "\u00e4",
        "\ud83d\ude00",
        "\"\"",
        "\\\\",
        "[",
        "]",
        "=>",
        "null",
        "1",
        "\u0001",
        ";",
        "\\u0041"
    };

    private final Random random;

    RandomLiterals(long seed) {
        this.random = new Random(seed);
    }

    String text() {
        var text = IntStream.range(0, random.nextInt(6))
                .mapToObj(i -> PIECES[random.nextInt(PIECES.length)])
                .collect(Collectors.joining());
        return random.nextInt(5) == 0 ? "NULL" : "'" + text + "'";
    }

    String texts() {
        return array(this::text, "text[]");
    }

    String integers() {
        return array(() -> random.nextInt(4) == 0 ? "NULL" : Integer.toString(random.nextInt()), "int[]");
    }

    String spot() {
        return random.nextInt(6) == 0
                ? "NULL"
                : "ROW(" + random.nextInt() + ", " + text() + ", 'epoch'::timestamptz + '" + random.nextInt() + " s', "
                        + random.nextBoolean() + ", " + random.nextInt() + "e" + (random.nextInt(60) - 30) + ", "
                        + random.nextFloat() + ", " + "'2000-01-01'::date + " + random.nextInt(700_000) + ")::zoo.spot";
    }

    String spots() {
        return array(this::spot, "zoo.spot[]");
    }

    String nest() {
        return "ROW(" + random.nextLong() + ", " + spot() + ", " + integers() + ", " + spots() + ", " + json()
                + "::jsonb, ARRAY[" + integers() + "::zoo.int_list])::zoo.nest";
    }

    String json() {
        return "json_build_object('k', " + text() + "::text, " + key() + ", to_json(" + texts() + "), 'n', "
                + random.nextInt() + "e" + random.nextInt(20) + ")";
    }

    private String key() {
        var key = text();
        return key.equals("NULL") ? "'none'" : key;
    }

    private String array(Supplier<String> element, String type) {
        var length = random.nextInt(4);
        if (length > 0 && random.nextInt(3) == 0) {
            return "ARRAY[[" + join(element, length) + "],[" + join(element, length) + "]]::" + type;
        }
        return "ARRAY[" + join(element, length) + "]::" + type;
    }

    private static String join(Supplier<String> element, int length) {
        return IntStream.range(0, length).mapToObj(i -> element.get()).collect(Collectors.joining(","));
    }
}
