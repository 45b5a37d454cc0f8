package localcdc.core.value;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import localcdc.core.value.JsonScanner.Token;

/**
 * Writes a JSON value so that equal values become equal bytes: names sorted, of several equal names the last one, no blanks, fewest
 * escapes, numbers by rule. Works without recursion. Stateless.
 */
final class JsonNormalForm {

    private final JsonScanner scanner;
    private final byte[] json;
    private final ByteSink out;
    private final NumberRule base;
    private final Map<String, NumberRule> byTopName;
    private final ArrayDeque<OpenValue> open = new ArrayDeque<>();
    private NumberRule rule;

    private JsonNormalForm(
            byte[] json, int offset, int length, NumberRule base, Map<String, NumberRule> byTopName, ByteSink out) {
        this.scanner = new JsonScanner(json, offset, length);
        this.json = json;
        this.base = base;
        this.rule = base;
        this.byTopName = byTopName;
        this.out = out;
    }

    static void append(byte[] json, int offset, int length, NumberRule rule, ByteSink out) {
        append(json, offset, length, rule, Map.of(), out);
    }

    /** {@code byTopName} holds the rules for the values of the outermost object that do not follow {@code base}; names with the fewest escapes. */
    static void append(
            byte[] json, int offset, int length, NumberRule base, Map<String, NumberRule> byTopName, ByteSink out) {
        new JsonNormalForm(json, offset, length, base, byTopName, out).run();
    }

    private void run() {
        for (var token = scanner.next(); token != Token.END; token = scanner.next()) {
            if (token == Token.NAME) {
                beginMember();
                continue;
            }
            if (token != Token.END_ARRAY && token != Token.END_OBJECT) {
                beginElement();
            }
            switch (token) {
                case BEGIN_OBJECT -> begin(true, '{');
                case BEGIN_ARRAY -> begin(false, '[');
                case END_OBJECT -> {
                    open.pop().sortMembers(out);
                    out.put('}');
                }
                case END_ARRAY -> {
                    open.pop();
                    out.put(']');
                }
                case STRING -> string();
                case NUMBER -> rule.append(json, scanner.start(), scanner.end(), out);
                default -> out.put(json, scanner.start(), scanner.end() - scanner.start());
            }
            endMember();
        }
    }

    private void begin(boolean object, char bracket) {
        out.put(bracket);
        open.push(new OpenValue(object));
    }

    private void beginElement() {
        var parent = open.peek();
        if (parent != null && !parent.object && parent.elements++ > 0) {
            out.put(',');
        }
    }

    private void beginMember() {
        var parent = open.peek();
        if (!parent.members.isEmpty()) {
            out.put(',');
        }
        var start = out.size();
        string();
        parent.members.add(new Member(start, out.size()));
        out.put(':');
        if (scanner.depth() == 1 && !byTopName.isEmpty()) {
            var name = new String(out.array(), start + 1, out.size() - start - 3, StandardCharsets.UTF_8);
            rule = byTopName.getOrDefault(name, base);
        }
    }

    private void endMember() {
        var parent = open.peek();
        if (parent != null && parent.object && !parent.members.isEmpty()) {
            parent.members.get(parent.members.size() - 1).end = out.size();
        }
    }

    private void string() {
        out.put('"');
        if (scanner.escaped()) {
            JsonText.appendMinimal(json, scanner.start(), scanner.end(), out);
        } else {
            out.put(json, scanner.start(), scanner.end() - scanner.start());
        }
        out.put('"');
    }

    private static final class Member {
        private final int start;
        private final int nameEnd;
        private int end;

        Member(int start, int nameEnd) {
            this.start = start;
            this.nameEnd = nameEnd;
        }

        static int compareNames(byte[] bytes, Member left, Member right) {
            return Arrays.compareUnsigned(bytes, left.start, left.nameEnd, bytes, right.start, right.nameEnd);
        }
    }

    private static final class OpenValue {
        private final boolean object;
        private final List<Member> members = new ArrayList<>(0);
        private int elements;

        OpenValue(boolean object) {
            this.object = object;
        }

        void sortMembers(ByteSink out) {
            var bytes = out.array();
            var sorted = true;
            for (int i = 1; i < members.size() && sorted; i++) {
                sorted = Member.compareNames(bytes, members.get(i - 1), members.get(i)) < 0;
            }
            if (sorted) {
                return;
            }
            var from = members.get(0).start;
            var unsorted = Arrays.copyOfRange(bytes, from, out.size());
            members.sort((left, right) -> Member.compareNames(bytes, left, right));
            var lastOfEachName = new ArrayList<Member>(members.size());
            for (var member : members) {
                var previous = lastOfEachName.size() - 1;
                if (previous >= 0 && Member.compareNames(bytes, lastOfEachName.get(previous), member) == 0) {
                    lastOfEachName.set(previous, member);
                } else {
                    lastOfEachName.add(member);
                }
            }
            out.truncate(from);
            for (var member : lastOfEachName) {
                if (out.size() > from) {
                    out.put(',');
                }
                out.put(unsorted, member.start - from, member.end - member.start);
            }
        }
    }
}
