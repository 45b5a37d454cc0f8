package localcdc.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import localcdc.common.http.StatusServer;
import localcdc.common.pg.PgSettings;
import localcdc.common.pg.SslMode;
import localcdc.common.report.RunnerStatus;
import localcdc.core.verify.VerifyReport;
import localcdc.embedded.EmbeddedRunner;
import localcdc.embedded.EmbeddedSettings;
import localcdc.embedded.server.Engine;
import localcdc.stack.TestDatabase;
import localcdc.stack.TestPostgres;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ListAssert;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.Keys;

/** A runner's page in a browser, with a real runner and a real Postgres behind it. */
@Timeout(120)
class RunnerPageIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int CUSTOMERS = 130;
    private static final int BURST = 50_000;
    private static final String ODD_TABLE = "inventory.<img src=x onerror=window.hacked=1>, \"t\"";
    private static final String ODD_NAME = "inventory.\"<img src=x onerror=window.hacked=1>, \"\"t\"\"\"";

    private static Browser browser;
    private static TestDatabase database;
    private static EmbeddedRunner runner;
    private static RunnerStatus status;
    private static StatusServer server;

    @BeforeAll
    static void start() throws Exception {
        browser = Browser.start();
        database = TestPostgres.shared().createDatabase();
        database.execute(
                "CREATE SCHEMA inventory",
                "CREATE TABLE inventory.customers (id int PRIMARY KEY, first_name text, email text, balance numeric(9,2))",
                "INSERT INTO inventory.customers SELECT i, 'name ' || i, 'n' || i || '@example.com', 10"
                        + " FROM generate_series(1, " + CUSTOMERS + ") i",
                "CREATE TABLE inventory.ticks (id int PRIMARY KEY, n int)",
                "CREATE TABLE " + ODD_NAME
                        + " (\"<b>k</b>\" text, part int, \"<i>v</i>\" text, PRIMARY KEY (\"<b>k</b>\", part))");
        var at = database.server();
        var postgres = new PgSettings(at.host(), at.port(), database.name(), at.user(), at.password(), SslMode.PREFER);
        runner = new EmbeddedRunner(
                new EmbeddedSettings(postgres, List.of(), List.of(), "cdc", null, null, Engine.DIRECT, Map.of()));
        status = RunnerStatus.of(runner.pipeline())
                .field("engine", Engine.DIRECT::toString)
                .build();
        server = StatusServer.of(status, runner.keys())
                .address("127.0.0.1", OptionalInt.of(0))
                .postgres(() -> postgres)
                .start();
        runner.start();
        await().atMost(PATIENCE).until(() -> runner.pipeline().isReady());
    }

    @AfterAll
    static void stop() throws Exception {
        var opened = new AutoCloseable[] {server, status, runner, database, browser};
        for (var one : opened) {
            if (one != null) {
                one.close();
            }
        }
    }

    @BeforeEach
    void open() {
        browser.colours("light");
        browser.desktop();
        open("");
    }

    private static void open(String query) {
        browser.open(server.url() + "/" + query);
        soon(() -> assertThat(browser.find("#state").getAttribute("class")).contains("good"));
        soon(() -> assertThat(browser.texts("#live-count")).noneMatch(text -> text.contains("not connected")));
    }

    @AfterEach
    void askedNobodyElseAndComplainedOfNothing() {
        assertThat(browser.requests()).isNotEmpty().allMatch(url -> url.startsWith(server.url() + "/"));
        assertThat(browser.errors()).isEmpty();
        assertThat(browser.run("return window.hacked")).isNull();
    }

    @Test
    void comparesWithPostgresAndShowsWhatWasFound() {
        browser.find("#verify-start").click();

        shows("#verify-result strong", verdict -> verdict.containsExactly("equal"));
        shows("#verify-tables tbody th", tables -> tables.contains("inventory.customers"));
    }

    @Test
    void showsWhatTheCommandVerifyHasFound() {
        server.trust().orElseThrow().told(VerifyReport.undecided("never a quiet moment"), Duration.ofSeconds(7));

        shows("#verify-result", result -> result.first()
                .asString()
                .startsWith("not decided")
                .contains("7 seconds", "by the command verify", "never a quiet moment"));
    }

    private static void soon(ThrowingRunnable assertion) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).untilAsserted(assertion);
    }

    /** The elements that a selector meets have such texts, soon. */
    private static void shows(String selector, Consumer<ListAssert<String>> expectation) {
        soon(() -> expectation.accept(assertThat(browser.texts(selector))));
    }

    private static void showsLive(String... parts) {
        soon(() -> assertThat(browser.texts("#live li"))
                .anySatisfy(line -> assertThat(line).contains(parts)));
    }

    private static void search(String table, String key, String text) {
        choose("#search-table", table);
        browser.type("#search-key", key);
        browser.type("#search-text", text);
        browser.find("#search button").click();
    }

    private static void choose(String select, String label) {
        soon(() -> assertThat(browser.texts(select + " option")).contains(label));
        browser.run("""
                const select = document.querySelector(arguments[0]);
                const wanted = [...select.options].find((option) => option.textContent === arguments[1]);
                if (select.value !== wanted.value) {
                  select.value = wanted.value;
                  select.dispatchEvent(new Event('input', { bubbles: true }));
                  select.dispatchEvent(new Event('change', { bubbles: true }));
                }
                """, select, label);
    }

    /** How many changes the page says that it has seen, and so on, by the word behind the number. */
    private static long count(String what) {
        var figure = Pattern.compile("([\\d,]+) " + what)
                .matcher(browser.find("#live-count").getText());
        return figure.find() ? Long.parseLong(figure.group(1).replace(",", "")) : 0;
    }

    @Test
    void showsAChangeInTheListAndInTheCounts() {
        database.execute("INSERT INTO inventory.customers VALUES (1001, 'Sally', 's@example.com', 1)");

        showsLive("insert", "inventory.customers 1001", "first_name: \"Sally\"");
        shows(
                "#tables tbody tr",
                rows -> rows.anyMatch(row -> row.matches("inventory\\.customers13\\d.*[1-9]\\d*000?")));
    }

    @Test
    void findsRowsByKeyAndByTextAndPagesThroughATable() {
        search("inventory.customers", "7", "");
        shows("#entries tbody tr", rows -> rows.singleElement().asString().contains("\"name 7\""));

        search("inventory.customers", "", "N77@EXAMPLE");
        shows("#entries tbody tr", rows -> rows.singleElement().asString().contains("\"name 77\""));

        search("inventory.customers", "", "@example.com");
        for (int lines : List.of(50, 100)) {
            shows("#entries tbody tr", rows -> rows.hasSize(lines));
            browser.find("#more").click();
        }
        shows("#entries tbody tr", rows -> rows.hasSizeGreaterThanOrEqualTo(CUSTOMERS));
        soon(() -> assertThat(browser.find("#more").isDisplayed()).isFalse());
        assertThat(new HashSet<>(browser.texts("#entries tbody tr button")))
                .hasSameSizeAs(browser.texts("#entries tbody tr"));

        search("inventory.customers", "99999", "");
        shows("#found", said -> said.containsExactly("No row."));
        assertThat(browser.errors()).singleElement().asString().contains("rows/99999", "404");
    }

    @Test
    void showsAnEntryWithItsHistoryAndMarksWhatHasChanged() {
        database.execute("UPDATE inventory.customers SET balance = 12.50 WHERE id = 3");
        database.execute("UPDATE inventory.customers SET balance = 13, email = NULL WHERE id = 3");
        showsLive("update", "inventory.customers 3", "null");
        search("inventory.customers", "3", "");
        soon(() -> browser.find("#entries button").click());

        shows("#entry-history li", lines -> lines.hasSize(2));
        assertThat(browser.texts("#entry-title")).containsExactly("inventory.customers id 3");
        assertThat(browser.texts("#entry-columns tr"))
                .containsExactly("id3", "first_name\"name 3\"", "emailnull", "balance13.00");
        assertThat(browser.texts("#entry-history li:first-child .changed"))
                .containsExactly("email: \"n3@example.com\" null", "balance: 12.50 13.00");
        assertThat(browser.texts("#entry-history li:last-child del")).containsExactly("10.00");
        assertThat(browser.texts("#entry-history li:last-child ins")).containsExactly("12.50");
        assertThat(browser.run("return document.activeElement.id")).isEqualTo("entry");
    }

    /** Whether a chart has a point of the colour that an element of its figure has, or nearly: thin lines are smoothed. */
    private static boolean isDrawn(String chart, String colour) {
        return (boolean) browser.run("""
                const place = document.querySelector(arguments[0]);
                const canvas = place.querySelector('canvas');
                const [red, green, blue] = getComputedStyle(place.closest('figure').querySelector(arguments[1])).color.match(/\\d+/g).map(Number);
                const points = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
                for (let at = 0; at < points.length; at += 4) {
                  const distance = Math.abs(points[at] - red) + Math.abs(points[at + 1] - green) + Math.abs(points[at + 2] - blue);
                  if (points[at + 3] > 150 && distance < 60) {
                    return true;
                  }
                }
                return false;
                """, chart, colour);
    }

    @Test
    void drawsTheLatencyOverTimeAndAsADistribution() {
        database.execute("UPDATE inventory.customers SET balance = 7 WHERE id = 6");

        shows("#over-time .u-label", labels -> labels.contains("p50", "p99"));
        soon(() -> {
            assertThat(browser.texts("#over-time-text"))
                    .singleElement()
                    .asString()
                    .contains("p50 ", " ms, p99 ");
            assertThat(browser.texts("#distribution-text"))
                    .singleElement()
                    .asString()
                    .contains("≤");
            assertThat(isDrawn("#over-time", ".p50")).isTrue();
            assertThat(isDrawn("#distribution", ".count")).isTrue();
        });
    }

    @Test
    void filtersLiveChangesByTableOperationAndKey() {
        choose("#live-table", "inventory.customers");
        browser.find("[name=op][value=update]").click();
        database.execute(
                "INSERT INTO inventory.ticks VALUES (-1, 1)",
                "UPDATE inventory.customers SET balance = 44 WHERE id = 4",
                "INSERT INTO inventory.customers VALUES (1004, 'Edward', 'e@example.com', 1)");

        showsLive("insert", "inventory.customers 1004");
        shows("#live .op", operations -> operations.isNotEmpty().doesNotContain("update"));
        shows("#live .where", where -> where.isNotEmpty().allMatch(text -> text.startsWith("inventory.customers ")));

        browser.find("[name=op][value=update]").click();
        browser.type("#live-key", "4");
        shows("#live .where", where -> where.isNotEmpty().containsOnly("inventory.customers 4"));
        database.execute(
                "UPDATE inventory.customers SET balance = 45 WHERE id = 5",
                "UPDATE inventory.customers SET balance = 46 WHERE id = 4");
        showsLive("balance: 44.00 46.00");
        assertThat(browser.texts("#live .where")).containsOnly("inventory.customers 4");
    }

    /** Presses a button by key: the page may move under a pointer while it is drawn. */
    private static void press(String button) {
        browser.find(button).sendKeys(Keys.SPACE);
    }

    @Test
    void goesOnCountingWhilePaused() {
        press("#pause");
        shows("#pause", label -> label.containsExactly("Resume"));
        long seen = count("changes seen");

        database.execute("INSERT INTO inventory.customers VALUES (1005, 'unseen', 'u@example.com', 1)");

        soon(() -> assertThat(count("changes seen")).isGreaterThan(seen));
        assertThat(browser.texts("#live li")).noneMatch(line -> line.contains("unseen"));
        choose("#live-table", "inventory.customers");
        showsLive("insert", "inventory.customers 1005");
        press("#pause");
        shows("#pause", label -> label.containsExactly("Pause"));
        database.execute("UPDATE inventory.customers SET balance = 2 WHERE id = 1005");
        showsLive("update", "inventory.customers 1005");
    }

    @Test
    void speaksJapanese() {
        choose("#language", "日本語");
        database.execute("INSERT INTO inventory.customers VALUES (1006, '東京都', 't@example.com', 1)");

        shows("h2", titles -> titles.containsExactly("パイプライン", "遅延の内訳", "マップ", "リアルタイムの変更", "信頼性の確認"));
        assertThat(browser.run("return document.documentElement.lang")).isEqualTo("ja");
        showsLive("挿入", "first_name: \"東京都\"");
        search("inventory.customers", "", "東京");
        shows("#entries tbody tr", rows -> rows.singleElement().asString().contains("東京都"));
        shows("#live-count", said -> said.allMatch(text -> text.contains("件の変更")));

        browser.run("location.reload()");
        shows("#pause", label -> label.containsExactly("一時停止"));
    }

    @Test
    void followsTheSystemsColoursUntilOthersAreChosen() {
        var light = background();
        browser.colours("dark");
        var dark = background();
        assertThat(dark).isNotEqualTo(light);

        choose("#colours", "light");
        assertThat(background()).isEqualTo(light);
        browser.colours("light");
        choose("#colours", "dark");
        assertThat(background()).isEqualTo(dark);
    }

    private static Object background() {
        return browser.run("return getComputedStyle(document.body).backgroundColor");
    }

    @ParameterizedTest
    @CsvSource({"390, en", "320, en", "320, ja"})
    void fitsAPhone(int width, String language) {
        browser.phone(width);
        open("?lang=" + language);
        database.execute("UPDATE inventory.customers SET email = repeat('x', 500) || id WHERE id IN (8, 9)");
        search("inventory.customers", "8", "");
        soon(() -> browser.find("#entries button").click());
        shows("#entry-columns tr", rows -> rows.hasSize(4));

        assertThat(browser.run("""
                return [...document.querySelectorAll('body *')]
                  .filter((one) => !one.closest('.wide > *, svg, #live > *') && one.getBoundingClientRect().right > arguments[0])
                  .map((one) => one.outerHTML.slice(0, 200))
                """, width)).as("what does not fit").isEqualTo(List.of());
        assertThat(browser.run("return document.documentElement.scrollWidth")).isEqualTo((long) width);
    }

    @Test
    void isReachedByTabAndOperatedByKeys() {
        search("inventory.customers", "", "name 11");
        shows("#entries button", buttons -> buttons.hasSizeGreaterThan(10));
        var all = (Long) browser.run("""
                window.wanted = [...document.querySelectorAll('a[href], button, select, input, [tabindex="0"]')]
                  .filter((one) => one.checkVisibility());
                document.activeElement.blur();
                return wanted.length;
                """);
        var reached = new HashSet<>();
        for (int presses = 0; presses < all + 5; presses++) {
            browser.press(Keys.TAB);
            reached.add(browser.run("return wanted.indexOf(document.activeElement)"));
        }
        assertThat(browser.run("return wanted.map((one, i) => i)"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .isSubsetOf(reached);

        focus("#entries button");
        browser.press(Keys.ENTER);
        shows("#entry-columns tr", rows -> rows.hasSize(4));
        browser.type("#search-text", "example.com", Keys.ENTER);
        shows("#entries tbody tr", rows -> rows.hasSize(50));
        focus("#more");
        browser.press(Keys.ENTER);
        shows("#entries tbody tr", rows -> rows.hasSize(100));
        focus("[name=op]");
        browser.press(Keys.SPACE);
        assertThat(browser.find("[name=op]").isSelected()).isFalse();
        focus("#language");
        browser.press(Keys.ARROW_DOWN);
        shows("#pause", label -> label.containsExactly("一時停止"));
        focus("#pause");
        browser.press(Keys.ENTER);
        shows("#pause", label -> label.containsExactly("再開"));
    }

    private static void focus(String selector) {
        browser.run("document.querySelector(arguments[0]).focus()", selector);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "<script>window.hacked=1</script>",
                "<img src=x onerror=\"window.hacked=1\">",
                "\"quoted\", 'single', a/b\\c",
                "%2E%2e..;?#&",
                "\u202Etxt.exe",
                "\uD83D\uDE00 {searched} </td></title>"
            })
    void showsHostileRowsAsText(String hostile) {
        var quoted = hostile.replace("'", "''");
        database.execute("INSERT INTO " + ODD_NAME + " VALUES ('" + quoted + "', 1, '" + quoted + "')");
        var written = "\"" + hostile.replace("\\", "\\\\").replace("\"", "\\\"").replace("\u202E", "\\u202e") + "\"";

        showsLive("insert", ODD_TABLE + " " + written + ", 1", "<i>v</i>: " + written);
        search(ODD_TABLE, written + ", 1", "");
        shows("#entries button", keys -> keys.containsExactly(written + ", 1"));
        browser.find("#entries button").click();
        shows("#entry-history li", lines -> lines.singleElement().asString().contains("<i>v</i>: " + written));
        assertThat(browser.texts("#entry-title")).containsExactly(ODD_TABLE + " <b>k</b> " + written + ", part 1");
        assertThat(browser.texts("#entry-columns td")).containsExactly(written, "1", written);
        search(ODD_TABLE, "", hostile);
        shows("#entries button", keys -> keys.containsExactly(written + ", 1"));
        assertThat(browser.run("return document.querySelectorAll('img, i, body script, th b, h3 b').length"))
                .isEqualTo(0L);
    }

    @ParameterizedTest
    @CsvSource({"light, en", "dark, en", "light, ja"})
    void hasNoSeriousAccessibilityFinding(String colours, String language) {
        browser.colours(colours);
        open("?lang=" + language);
        database.execute(
                "UPDATE inventory.customers SET balance = balance + 1 WHERE id = 10",
                "DELETE FROM inventory.customers WHERE id = 1010",
                "INSERT INTO inventory.customers VALUES (1010, NULL, 'e@example.com', 1)");
        showsLive("inventory.customers 1010");
        // A line of each kind will do.
        browser.type("#live-key", "1010");
        search("inventory.customers", "10", "");
        soon(() -> browser.find("#entries button").click());
        shows("#entry-history li", lines -> lines.isNotEmpty());

        assertThat(browser.accessibilityFindings()).isEmpty();
    }

    @Test
    void answersAndCountsWhileManyChangesComeAtOnce() throws Exception {
        database.execute("INSERT INTO inventory.ticks VALUES (0, 0)");
        showsLive("insert", "inventory.ticks 0");
        long before = count("changes seen");
        var burst = CompletableFuture.runAsync(() ->
                database.execute("INSERT INTO inventory.ticks SELECT i, i FROM generate_series(1, " + BURST + ") i"));

        int clicks = 0;
        while (count("changes seen") < before + BURST) {
            browser.find("#pause").click();
            browser.awaitFrames();
            clicks++;
            assertThat(browser.texts("#pause")).containsExactly(clicks % 2 == 0 ? "Pause" : "Resume");
        }

        burst.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(clicks).isPositive();
        long seen = count("changes seen");
        assertThat(seen).isEqualTo(before + BURST);
        assertThat(count("match") + count("not looked at")).isEqualTo(seen);
        assertThat(count("match") - count("of them not shown")).isBetween(0L, seen);
        assertThat(browser.texts("#live li")).hasSizeLessThanOrEqualTo(100);
        shows("#tables tbody tr", rows -> rows.anyMatch(row -> row.startsWith("inventory.ticks50,00")));
    }

    @Test
    void showsTheNewestOfManyChangesWhoScrollsToThem() throws Exception {
        database.execute("INSERT INTO inventory.ticks VALUES (-3, 0)");
        showsLive("insert", "inventory.ticks -3");
        browser.run("scrollTo(0, 0)");
        browser.awaitFrames();
        long before = count("changes seen");

        database.execute("INSERT INTO inventory.ticks SELECT i, i FROM generate_series(100001, 100500) i");
        await().atMost(PATIENCE).until(() -> count("changes seen") == before + 500);
        browser.run("document.getElementById('live').scrollIntoView()");

        shows("#live li", lines -> lines.first().asString().contains("inventory.ticks 100500"));
        assertThat(browser.texts("#live li")).hasSizeBetween(2, 100);

        database.execute("DELETE FROM inventory.ticks WHERE id = -3 OR id > 100000");
    }
}
