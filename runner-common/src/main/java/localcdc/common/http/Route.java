package localcdc.common.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One route: a method, a path in which {@code {name}} stands for any one segment, and who answers.
 *
 * @param control whether it changes something beyond itself, so that not everybody may use it
 */
record Route(String method, List<String> template, RouteHandler handler, boolean control) {

    Route(String method, String path, RouteHandler handler) {
        this(method, UrlText.segments(path), handler, false);
    }

    /** A route for those who have the right to change something. */
    static Route control(String method, String path, RouteHandler handler) {
        return new Route(method, UrlText.segments(path), handler, true);
    }

    /** The segments that stand for names, still encoded; nothing where the path is not this route's. */
    Optional<Map<String, String>> match(List<String> rawSegments) {
        if (rawSegments.size() != template.size()) {
            return Optional.empty();
        }
        var names = new HashMap<String, String>();
        for (int i = 0; i < template.size(); i++) {
            var wanted = template.get(i);
            if (wanted.startsWith("{")) {
                names.put(wanted.substring(1, wanted.length() - 1), rawSegments.get(i));
            } else if (!wanted.equals(rawSegments.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(names);
    }
}
