package localcdc.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

/**
 * The demo's page in a browser, and pictures of the page of one of its paths. With {@code -Dscreenshots=true} the pictures are those
 * of {@code docs/img}; else they are in {@code target/img}.
 */
@Timeout(120)
class DemoPageIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final boolean FOR_DOCS = Boolean.getBoolean("screenshots");
    private static final Path PICTURES = FOR_DOCS ? Path.of("..", "docs", "img") : Path.of("target", "img");
    /** Changes, at the demo's rate, that make a lively page. */
    private static final int CHANGES = FOR_DOCS ? 400 : 10;

    private static final List<String> PATHS =
            FOR_DOCS ? List.of("direct", "embedded", "kafka") : List.of("direct", "embedded");

    private static final String HOSTILE = "<img src=x onerror='window.hacked=1'><script>window.hacked=1</script>";
    private static final int PHONE = 390;
    private static final long MOST_BYTES = 250_000;

    private static Browser browser;
    private static ChildLab lab;
    private static String page;
    private static PageClient client;

    @BeforeAll
    static void start() throws Exception {
        browser = Browser.start();
        lab = FOR_DOCS
                ? ChildLab.start("demo", "--http-port", "0")
                : ChildLab.start("demo", "--no-kafka", "--http-port", "0");
        page = lab.pageUrl();
        client = new PageClient(page);
    }

    @AfterAll
    static void stop() throws Exception {
        if (browser != null) {
            browser.close();
        }
        if (lab != null) {
            lab.terminate();
            lab.remainingLines();
            lab.close();
        }
    }

    @AfterEach
    void backToADesktop() {
        browser.desktop();
        browser.colours("light");
    }

    @Test
    void showsThePathsSideBySideAndLeadsToTheirPages() {
        browser.open(page);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(browser.texts("#state")).containsExactly("ready"));
        assertThat(browser.texts("#paths a")).containsExactlyElementsOf(PATHS);
        assertThat(browser.texts("#figures tr")).anyMatch(row -> row.startsWith("map equals Postgres"));
        for (var colours : List.of("light", "dark")) {
            browser.colours(colours);
            assertThat(browser.accessibilityFindings()).isEmpty();
        }
        assertThat(browser.requests()).isNotEmpty().allMatch(url -> url.startsWith("http://127.0.0.1:"));

        browser.find("#paths a").click();

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(browser.texts("#runner")).containsExactly("embedded / direct"));
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    void tellsWhatEachPathTakesOfTheProcessor() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(client.get("/api/status").path("paths"))
                        .hasSize(PATHS.size())
                        .allSatisfy(path -> assertThat(path.path("cpuCores").asDouble())
                                .as("%s", path.path("path"))
                                .isPositive()));
    }

    @Test
    void followsARowOfTheVisitorsThroughEveryPath() {
        openWhenReady();
        browser.type("#row-first", "<script>document.title = 'run'</script>");

        browser.find("#row button[value=insert]").click();

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(browser.texts("#row-race tbody td"))
                .hasSize(PATHS.size())
                .contains("first")
                .doesNotContain("not there yet"));
        browser.find("#row button[value=delete]").click();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(browser.texts("#row-race tbody th"))
                .hasSize(2));
        browser.find("#row button[value=delete]").click();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(browser.texts("#row-refused"))
                .first()
                .asString()
                .contains("has no row"));
        browser.type("#row-balance", "much");
        browser.find("#row button[value=insert]").click();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(browser.texts("#row-refused"))
                .first()
                .asString()
                .contains("invalid input syntax"));
        // The two refusals; a browser writes them to its console.
        assertThat(browser.errors()).hasSize(2).allMatch(error -> error.contains("/api/rows"));
    }

    @Test
    void pausesTheWorkloadAndMakesABurst() {
        openWhenReady();
        browser.find("#pause").click();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(browser.texts("#pause")).containsExactly("Resume"));
        var made = made();

        browser.type("#burst-changes", "500");
        browser.find("#burst").click();

        await().atMost(PATIENCE).until(() -> made() >= made + 500 && burstLeft() == 0);
        browser.type("#transaction", "10");
        browser.find("#mix option[value=updates]").click();
        browser.find("#workload button[type=submit]").click();
        browser.find("#pause").click();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(browser.texts("#pause")).containsExactly("Pause"));
        await().atMost(PATIENCE).until(() -> made() > made + 520);
        assertThat(workload("mix")).isEqualTo("updates");
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    void breaksThingsAndShowsThatTheMapsAreEqualAgain() {
        openWhenReady();
        for (var part : List.of("postgres", "runner-direct")) {
            press("Stop " + part);
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(browser.texts("#fault-now").get(0)).contains(part + " was stopped"));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(browser.texts("#state")).containsExactly("not ready"));

            press("Start " + part);

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(browser.texts("#fault-now").get(0))
                            .contains(part + " was started", "Equal to Postgres since then: direct, embedded"));
            assertThat(browser.texts("#state")).containsExactly("ready");
        }
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    void triesAgainToStartARunnerThatFoundNoPostgres() {
        client.cause("runner-direct stop", "postgres stop", "runner-direct stop", "runner-direct start");
        assertThat(client.problem()).contains("Postgres");
        assertThat(client.stopped()).containsExactly("postgres", "runner-direct");
        var refused = client.post("/api/rows", "{\"op\":\"insert\"}");
        assertThat(refused.error()).startsWith("Postgres does not answer");
        assertThat(refused.status()).isEqualTo(503);

        client.cause("postgres start", "runner-direct start", "postgres start", "runner-direct start");

        client.awaitEqualAgain();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"zookeeper/stop", "runner-none/start", "runner-/stop", "Postgres/stop", "%3Cscript%3E/start"})
    void namesWhatCanBeStoppedWhereAnotherThingIsAskedFor(String fault) {
        var before = client.get("/api/status").path("faults");

        var answer = client.post("/api/faults/" + fault, "");

        assertThat(answer.status()).isEqualTo(404);
        var parts = FOR_DOCS
                ? "postgres, kafka, kafka-connect, runner-direct, runner-embedded, runner-kafka"
                : "postgres, runner-direct, runner-embedded";
        assertThat(answer.error()).endsWith("to stop or start, but " + parts + ".");
        assertThat(client.post("/api/faults/postgres/kill", "").status()).isEqualTo(404);
        assertThat(client.put("/api/faults/postgres/stop", "").status()).isEqualTo(405);
        assertThat(client.get("/api/status").path("faults")).isEqualTo(before);
    }

    @Test
    void makesNoChangesWhilePausedButThoseOfTheVisitor() {
        openWhenReady();
        browser.find("#pause").click();
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(browser.texts("#workload-now").get(0)).contains("paused"));
        insertAndFollow();
        var made = made();

        insertAndFollow();

        assertThat(made()).isEqualTo(made);
        browser.find("#pause").click();
        await().atMost(PATIENCE).until(() -> made() > made);
        assertThat(browser.errors()).isEmpty();
    }

    private static void insertAndFollow() {
        var before = rowId();
        browser.find("#row button[value=insert]").click();
        await().atMost(PATIENCE).until(() -> !rowId().equals(before));
        awaitRow("insert");
    }

    private static String rowId() {
        return (String) browser.run("return document.querySelector('#row-id').value");
    }

    private static void awaitRow(String change) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(browser.texts("#row-race tbody th")).first().isEqualTo(change + " {\"id\":" + rowId() + "}");
            assertThat(browser.texts("#row-race tbody tr:first-child td"))
                    .hasSize(PATHS.size())
                    .doesNotContain("not there yet", "未到着");
        });
    }

    @Test
    void isWorkedByKeyboardWithARowThatLooksLikeMarkup() {
        openWhenReady();
        browser.requests();
        browser.find("#row-id").sendKeys(Keys.TAB, Keys.chord(Keys.CONTROL, "a"), Keys.DELETE);
        browser.press(HOSTILE, Keys.ENTER);
        awaitRow("insert");
        assertThat(browser.run("return document.activeElement.id")).isEqualTo("row-first");
        var id = rowId();

        // Past last_name, email, balance and the first button.
        browser.press(Keys.TAB, Keys.TAB, Keys.TAB, Keys.TAB, Keys.TAB, Keys.SPACE);

        awaitRow("update");
        for (var path : client.get("/api/status").path("paths")) {
            var url = path.path("url").asText();
            assertThat(new PageClient(url)
                            .get("/api/tables/inventory.customers/rows/" + id)
                            .at("/row/first_name")
                            .asText())
                    .startsWith(HOSTILE);
            browser.open(url);
            await().atMost(PATIENCE)
                    .until(() -> (Boolean) browser.run("return document.querySelector('#live') !== null"));
            await().atMost(PATIENCE).until(() -> {
                // Another one each time: a line shows what has changed.
                var name = HOSTILE + System.nanoTime();
                client.post("/api/rows", "{\"op\":\"update\",\"id\":" + id + ",\"firstName\":\"" + name + "\"}");
                return browser.texts("#live li").stream().anyMatch(line -> line.contains(HOSTILE));
            });
            assertThat(browser.run("return window.hacked === undefined && document.querySelector('body img') === null"))
                    .isEqualTo(true);
        }
        assertThat(browser.requests()).isNotEmpty().allMatch(url -> url.startsWith("http://127.0.0.1:"));
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    void isInJapaneseAndDarkAndAsWideAsAPhone() {
        browser.phone(PHONE);
        browser.colours("dark");
        browser.open(page + "?lang=ja");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(browser.texts("#state")).containsExactly("準備完了"));
        await().atMost(PATIENCE).until(() -> browser.texts("#race tbody tr").size() > 3);
        browser.find("#row button[value=insert]").click();
        awaitRow("挿入");

        assertThat(browser.run("return document.documentElement.lang")).isEqualTo("ja");
        assertThat(browser.texts("#faults button")).contains("postgres を停止", "runner-direct を停止");
        assertThat(browser.texts("[data-text]")).noneMatch(String::isEmpty);
        assertThat(browser.run("return getComputedStyle(document.body).backgroundColor"))
                .isEqualTo("rgb(22, 26, 31)");
        assertThat(browser.run("return [innerWidth, document.documentElement.scrollWidth]"))
                .isEqualTo(List.of((long) PHONE, (long) PHONE));
        assertThat(browser.accessibilityFindings()).isEmpty();
        assertThat(browser.errors()).isEmpty();
    }

    private static void press(String button) {
        await().atMost(PATIENCE).until(() -> browser.texts("#faults button").contains(button));
        browser.run(
                "[...document.querySelectorAll('#faults button')].find((one) => one.textContent === arguments[0]).click()",
                button);
    }

    private static void openWhenReady() {
        browser.open(page + "?lang=en");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(browser.texts("#state")).containsExactly("ready"));
        await().atMost(PATIENCE).until(() -> workload("made") instanceof Long made && made > 0);
    }

    private static Object workload(String field) {
        return browser.run(
                "return fetch('/api/workload').then((answer) => answer.json()).then((all) => all[arguments[0]])",
                field);
    }

    private static long made() {
        return (Long) workload("made");
    }

    private static long burstLeft() {
        return (Long) workload("burstLeft");
    }

    @Test
    void isPicturedAtWork() throws Exception {
        browser.open(page);
        await().atMost(PATIENCE).until(() -> !browser.texts("#paths a").isEmpty());
        var path = (String) browser.run("return document.querySelector('#paths a').href");
        browser.open(path);
        await().atMost(PATIENCE)
                .until(() -> (Long)
                                browser.run(
                                        "return fetch('/api/changes?limit=1').then((answer) => answer.json()).then((all) => all.total)")
                        >= CHANGES);

        for (var colours : List.of("light", "dark")) {
            browser.colours(colours);
            browser.open(page + "?lang=en");
            await().atMost(PATIENCE).until(() -> browser.texts("#race tbody tr").size() > 5);
            browser.awaitFrames();
            browser.screenshot(PICTURES.resolve("lab-" + colours + ".png"), 1500);
        }
        browser.open(path);
        picture("light", "?lang=en", "runner-light.png", 1130);
        picture("dark", "?lang=en", "runner-dark.png", 1130);
        picture("light", "?lang=ja", "runner-ja.png", 1130);
        browser.phone(PHONE);
        picture("light", "?lang=en", "runner-phone.png", 1500);
    }

    private static void picture(String colours, String query, String name, int height) throws Exception {
        browser.colours(colours);
        browser.open(browser.run("return location.origin") + "/" + query);
        await().atMost(PATIENCE)
                .until(() -> browser.texts("#live li").size() > 5
                        && browser.texts("#distribution canvas").size() == 1);
        browser.awaitFrames();
        browser.screenshot(PICTURES.resolve(name), height);
        assertThat(Files.size(PICTURES.resolve(name))).isLessThan(MOST_BYTES);
    }
}
