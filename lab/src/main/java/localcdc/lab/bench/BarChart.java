package localcdc.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A picture of some panels of horizontal bars, each with its own scale, as SVG that needs nothing else. */
public final class BarChart {

    private static final int WIDTH = 860;
    private static final int LABEL_WIDTH = 330;
    private static final int BAR_WIDTH = 420;
    private static final int BAR_HEIGHT = 22;
    private static final int ROW_HEIGHT = 30;
    private static final int TITLE_HEIGHT = 44;
    private static final int FOOT_HEIGHT = 22;
    private static final int MARGIN = 16;

    private BarChart() {}

    /** One bar; ours stands out. */
    public record Bar(String label, double value, boolean ours) {}

    /** A value to reach, drawn across the panel. */
    public record Line(String label, double value) {}

    /** Bars of one unit. */
    public record Panel(String title, List<Bar> bars, List<Line> lines) {}

    /** The picture. */
    public static String svg(List<Panel> panels) {
        var body = new ArrayList<String>();
        int top = MARGIN;
        for (var panel : panels) {
            draw(panel, top, body);
            top += height(panel);
        }
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="system-ui, sans-serif" font-size="13">
                <style>
                text { fill: #1f2937 } .title { font-weight: 600; font-size: 15px } .small { font-size: 11px }
                .ours { fill: #2563eb } .other { fill: #9ca3af } .goal { stroke: #dc2626; stroke-width: 1.5; stroke-dasharray: 4 3 }
                .goal-text { fill: #dc2626; font-size: 11px } .page { fill: #ffffff }
                @media (prefers-color-scheme: dark) {
                text { fill: #e5e7eb } .page { fill: #111827 } .other { fill: #6b7280 } .ours { fill: #60a5fa }
                .goal { stroke: #f87171 } .goal-text { fill: #f87171 } }
                </style>
                <rect class="page" width="100%%" height="100%%"/>
                %s
                </svg>
                """.formatted(WIDTH, top + MARGIN, String.join("\n", body));
    }

    private static int height(Panel panel) {
        return TITLE_HEIGHT + panel.bars().size() * ROW_HEIGHT + FOOT_HEIGHT;
    }

    private static void draw(Panel panel, int top, List<String> body) {
        double most = Math.max(
                panel.bars().stream().mapToDouble(Bar::value).max().orElse(1),
                panel.lines().stream().mapToDouble(Line::value).max().orElse(0));
        double scale = most <= 0 ? 0 : BAR_WIDTH / most;
        body.add(text(MARGIN, top + 24, "title", "start", panel.title()));
        int y = top + TITLE_HEIGHT;
        for (var bar : panel.bars()) {
            body.add(text(LABEL_WIDTH, y + 16, "", "end", bar.label()));
            body.add(format(
                    "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>",
                    bar.ours() ? "ours" : "other", LABEL_WIDTH + 8, y, bar.value() * scale, BAR_HEIGHT));
            body.add(text(LABEL_WIDTH + 14 + bar.value() * scale, y + 16, "", "start", number(bar.value())));
            y += ROW_HEIGHT;
        }
        for (var line : panel.lines()) {
            double x = LABEL_WIDTH + 8 + line.value() * scale;
            body.add(format(
                    "<line class=\"goal\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>",
                    x, x, top + TITLE_HEIGHT - 8, y));
            body.add(text(x, y + 10, "goal-text", "middle", line.label()));
        }
    }

    private static String text(double x, int y, String style, String anchor, String content) {
        return format(
                "<text x=\"%.1f\" y=\"%d\" class=\"%s\" text-anchor=\"%s\">%s</text>",
                x, y, style, anchor, escaped(content));
    }

    private static String number(double value) {
        return value >= 1000 ? format("%,.0f", value) : value >= 100 ? format("%.0f", value) : format("%.1f", value);
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
