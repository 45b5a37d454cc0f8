package localcdc.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ConnectorConfigTest {
    @Test
    void namesTheDatabaseForTheConnectorAndForItsConverter() {
        Map<String, String> settings = ConnectorConfig.read()
                .postgres("db.example", 5433, "shop", "reader", "${directory:/x:y}")
                .sslMode("require")
                .settings();

        for (String prefix : List.of("database.", "canonical.database.")) {
            assertThat(settings)
                    .containsEntry(prefix + "hostname", "db.example")
                    .containsEntry(prefix + "port", "5433")
                    .containsEntry(prefix + "dbname", "shop")
                    .containsEntry(prefix + "user", "reader")
                    .containsEntry(prefix + "password", "${directory:/x:y}")
                    .containsEntry(prefix + "sslmode", "require");
        }
    }

    @Test
    void meansNamesAndNotExpressions() {
        Map<String, String> settings = ConnectorConfig.read()
                .tables(List.of("public.a,b", "Odd $chema.t(1)"))
                .topicPrefix("my.shop")
                .settings();

        String[] expressions = settings.get("table.include.list").split(",");
        assertThat(expressions).hasSize(2);
        assertThat("public.a,b").matches(Pattern.compile(expressions[0]));
        assertThat("publicXa,b").doesNotMatch(Pattern.compile(expressions[0]));
        assertThat("Odd $chema.t(1)").matches(Pattern.compile(expressions[1]));
        assertThat("my.shop.control").matches(Pattern.compile(settings.get("topic.creation.control.include")));
    }

    @Test
    void leavesOutNoColumnUnlessOneIsNamed() {
        assertThat(ConnectorConfig.read().columnsLeftOut(List.of()).settings())
                .doesNotContainKey("column.exclude.list");
        assertThat(ConnectorConfig.read().columnsLeftOut(List.of("a.b.c")).settings())
                .containsEntry("column.exclude.list", "a\\.b\\.c");
    }
}
