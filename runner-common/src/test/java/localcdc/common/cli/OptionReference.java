package localcdc.common.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** A page of options, made from the command's own model, so that it cannot say anything else. */
public final class OptionReference {

    private final StringBuilder page = new StringBuilder();

    private OptionReference() {}

    /**
     * The page.
     *
     * @param program an object annotated with picocli's {@code @Command}
     * @param introduction what stands between the title and the first command
     */
    public static String page(Object program, String introduction) {
        var reference = new OptionReference();
        var line = Cli.commandLine(program);
        reference
                .page
                .append("# Options of ")
                .append(line.getCommandName())
                .append("\n\n")
                .append(introduction);
        reference.command(line);
        return reference.page.toString();
    }

    private void command(CommandLine line) {
        var spec = line.getCommandSpec();
        if (spec.name().equals("generate-completion")) {
            return;
        }
        page.append("\n## ").append(spec.qualifiedName()).append("\n\n");
        page.append(text(spec.usageMessage().description())).append("\n");
        var arguments = arguments(spec);
        if (!arguments.isEmpty()) {
            table("argument or flag", "meaning", arguments);
        }
        var codes = new ArrayList<String>();
        spec.usageMessage().exitCodeList().forEach((code, why) -> codes.add(row(code, why)));
        if (!codes.isEmpty()) {
            table("exit code", "meaning", codes);
        }
        line.getSubcommands().values().forEach(this::command);
    }

    private void table(String left, String right, List<String> rows) {
        page.append("\n| ").append(left).append(" | ").append(right).append(" |\n| --- | --- |\n");
        rows.forEach(page::append);
    }

    private static List<String> arguments(CommandSpec spec) {
        var rows = new ArrayList<String>();
        for (var positional : spec.positionalParameters()) {
            rows.add(row("`" + positional.paramLabel() + "`", text(positional.description())));
        }
        for (var option : spec.options()) {
            var meaning = text(option.description());
            rows.add(row(
                    names(option),
                    (option.required() ? "Required. " : "")
                            + meaning.replace("${DEFAULT-VALUE}", String.valueOf(option.defaultValue()))));
        }
        return rows;
    }

    private static String names(OptionSpec option) {
        var value = option.arity().max() == 0 ? "" : "=" + option.paramLabel();
        return List.of(option.names()).stream()
                .map(name -> "`" + name + (name.startsWith("--") ? value : "") + "`")
                .collect(Collectors.joining(", "));
    }

    private static String row(String left, String right) {
        return "| " + left.replace("|", "\\|") + " | " + right.replace("|", "\\|") + " |\n";
    }

    /** Descriptions are formats: a percent sign is written twice. */
    private static String text(String[] lines) {
        return String.join(" ", lines).replace("%%", "%").replace("%n", " ");
    }
}
