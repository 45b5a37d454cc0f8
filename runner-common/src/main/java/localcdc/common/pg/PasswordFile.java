package localcdc.common.pg;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lines of libpq's password file, {@code host:port:database:user:password}: {@code *} matches anything, a backslash
 * takes the next character as it is, a line that begins with {@code #} is a remark, the first match wins.
 *
 * @see <a href="https://www.postgresql.org/docs/current/libpq-pgpass.html">The Password File</a>
 */
final class PasswordFile {

    private static final int FIELDS = 5;

    private PasswordFile() {}

    /** The password for that connection, if a line names it. */
    static Optional<String> find(List<String> lines, String host, int port, String database, String user) {
        var wanted = List.of(host, Integer.toString(port), database, user);
        for (var line : lines) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            var fields = split(line);
            if (fields.size() == FIELDS && matches(fields, wanted)) {
                return Optional.of(unescape(fields.get(FIELDS - 1)));
            }
        }
        return Optional.empty();
    }

    /** Whether every line that says anything has this file's form, rather than being a bare password. */
    static boolean isOne(List<String> lines) {
        boolean any = false;
        for (var line : lines) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            var fields = split(line);
            if (fields.size() != FIELDS || !fields.get(1).matches("\\*|\\d+")) {
                return false;
            }
            any = true;
        }
        return any;
    }

    private static boolean matches(List<String> fields, List<String> wanted) {
        for (int i = 0; i < wanted.size(); i++) {
            if (!fields.get(i).equals("*") && !unescape(fields.get(i)).equals(wanted.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** The fields as they are written. What follows the fourth colon is the password, colons and all. */
    private static List<String> split(String line) {
        var fields = new ArrayList<String>();
        var field = new StringBuilder();
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && i + 1 < line.length()) {
                field.append(c).append(line.charAt(++i));
            } else if (c == ':' && fields.size() < FIELDS - 1) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }

    private static String unescape(String field) {
        var text = new StringBuilder();
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            text.append(c == '\\' && i + 1 < field.length() ? field.charAt(++i) : c);
        }
        return text.toString();
    }
}
