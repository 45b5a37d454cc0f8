package localcdc.embedded.server;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import localcdc.common.cli.LeftOut;
import localcdc.core.event.TableId;

/** Names as people write them in options, and as sentences print them. */
final class Names {
    private static final int SHOWN = 20;
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.%-]+");

    private Names() {}

    /** Undoes {@code %2E}, {@code %2A} and {@code %25}; every other percent sign stands for itself. */
    static String unescape(String part) {
        return part.replace("%2E", ".")
                .replace("%2e", ".")
                .replace("%2A", "*")
                .replace("%2a", "*")
                .replace("%25", "%");
    }

    /** {@code --leave-out schema.table}, fit for a shell. */
    static String leaveOutFlag(TableId table) {
        return flag(new LeftOut(table, Optional.empty()));
    }

    /** {@code --leave-out schema.table.column} for each of the columns, fit for a shell. */
    static String leaveOutFlags(TableId table, Collection<String> columns) {
        return columns.stream()
                .map(column -> flag(new LeftOut(table, Optional.of(column))))
                .collect(Collectors.joining(" "));
    }

    private static String flag(LeftOut leftOut) {
        return "--leave-out " + shell(leftOut.toString());
    }

    private static String shell(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /** The list with commas, cut after 20 with the number of those left out. */
    static String list(Collection<?> names) {
        String shown = names.stream().limit(SHOWN).map(Object::toString).collect(Collectors.joining(", "));
        return names.size() <= SHOWN ? shown : shown + " and " + (names.size() - SHOWN) + " more";
    }

    /** Those of the names that another one equals but for case, in their order. */
    static List<String> clashingInCase(List<String> names) {
        Map<String, Long> folded = names.stream().collect(Collectors.groupingBy(Names::fold, Collectors.counting()));
        return names.stream().filter(name -> folded.get(fold(name)) > 1).toList();
    }

    private static String fold(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** Up to three of the candidates that look most like what was asked for; none when nothing comes near. */
    static List<String> near(String wanted, Collection<String> candidates) {
        int bound = Math.max(2, wanted.length() / 5);
        String lower = wanted.toLowerCase(Locale.ROOT);
        record Near(String name, int distance) {}
        return candidates.stream()
                .map(name -> new Near(name, distance(lower, name.toLowerCase(Locale.ROOT))))
                .filter(near -> near.distance <= bound)
                .sorted(Comparator.comparingInt(Near::distance).thenComparing(Near::name))
                .limit(3)
                .map(Near::name)
                .toList();
    }

    /** How many characters have to be put in, taken out or replaced to turn one text into the other. */
    static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
