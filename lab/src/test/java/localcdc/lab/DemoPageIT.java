package localcdc.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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

    private static final long MOST_BYTES = 250_000;

    private static Browser browser;
    private static ChildLab lab;
    private static String page;

    @BeforeAll
    static void start() throws Exception {
        browser = Browser.start();
        lab = FOR_DOCS
                ? ChildLab.start("demo", "--http-port", "0")
                : ChildLab.start("demo", "--no-kafka", "--http-port", "0");
        page = lab.pageUrl();
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

    @Test
    void showsThePathsSideBySideAndLeadsToTheirPages() {
        browser.open(page);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(browser.texts("#state")).containsExactly("ready"));
        assertThat(browser.texts("#paths a")).containsExactly("direct", "embedded");
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
    void followsARowOfTheVisitorsThroughEveryPath() {
        openWhenReady();
        browser.type("#row-first", "<script>document.title = 'run'</script>");

        browser.find("#row button[value=insert]").click();

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(browser.texts("#row-race tbody td"))
                .hasSize(2)
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
        browser.phone(390);
        picture("light", "?lang=en", "runner-phone.png", 1500);
        browser.desktop();
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
