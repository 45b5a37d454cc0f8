package localcdc.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import localcdc.stack.SystemPath;
import localcdc.stack.TestPostgres;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;

/**
 * A headless Chromium that reaches no machine but this one, and remembers what its pages asked for and complained of. A test that
 * needs one is skipped where there is none. Close ends it and removes its profile. For one thread.
 */
final class Browser implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String AXE = axe();
    private static final String RUN_AXE = """
            const done = arguments[0];
            axe.run(document, { resultTypes: ['violations'] }).then(
              (result) => done(result.violations.filter((found) => ['serious', 'critical'].includes(found.impact))
                .flatMap((found) => found.nodes.map((node) => found.id + ' at ' + node.target + ': ' + node.failureSummary))),
              (failure) => done(['axe failed: ' + failure]));
            """;

    private final Path profile;
    private final ChromeDriver driver;

    private Browser(Path profile, ChromeDriver driver) {
        this.profile = profile;
        this.driver = driver;
    }

    /** Starts one with light colours, in English, 1280 pixels wide. */
    static Browser start() throws IOException {
        require();
        var profile = Files.createTempDirectory("browser");
        var service = new ChromeDriverService.Builder()
                .usingDriverExecutable(
                        SystemPath.find("chromedriver").orElseThrow().toFile())
                .usingAnyFreePort()
                .build();
        var driver =
                new ChromeDriver(service, options(SystemPath.find("chromium").orElseThrow(), profile));
        driver.manage().timeouts().scriptTimeout(PATIENCE).pageLoadTimeout(PATIENCE);
        return new Browser(profile, driver);
    }

    /** Skips the test, and says so, where there is no browser. */
    static void require() {
        if (SystemPath.find("chromium").isEmpty()
                || SystemPath.find("chromedriver").isEmpty()) {
            TestPostgres.skip(
                    "the pages are not tested in a browser: chromium and chromedriver are not both on the PATH");
        }
    }

    private static ChromeOptions options(Path chromium, Path profile) {
        var options = new ChromeOptions();
        options.setBinary(chromium.toFile());
        options.addArguments(
                "--headless=new",
                "--window-size=1280,1000",
                "--hide-scrollbars",
                "--lang=en-US",
                "--user-data-dir=" + profile,
                "about:blank",
                "--no-first-run",
                "--no-proxy-server",
                "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-breakpad",
                "--disable-gpu",
                "--disable-lcd-text",
                "--disable-quic",
                "--disable-sync",
                "--disable-dev-shm-usage");
        if (System.getProperty("user.name").equals("root")) {
            options.addArguments("--no-sandbox");
        }
        options.setCapability("goog:loggingPrefs", Map.of(LogType.BROWSER, "ALL", LogType.PERFORMANCE, "ALL"));
        options.setExperimentalOption("perfLoggingPrefs", Map.of("enableNetwork", true, "enablePage", false));
        return options;
    }

    private static String axe() {
        try (var in = Browser.class.getResourceAsStream("/axe.min.js")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read axe from its jar", e);
        }
    }

    /** Opens a page as somebody does who was never there. */
    void open(String url) {
        driver.executeCdpCommand("Storage.clearDataForOrigin", Map.of("origin", url, "storageTypes", "local_storage"));
        driver.get(url);
    }

    /** What the system's setting for colours says, {@code light} or {@code dark}. */
    void colours(String scheme) {
        var feature = Map.of("name", "prefers-color-scheme", "value", scheme);
        driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of(feature)));
    }

    /** Makes it the browser of a phone whose screen is so wide. */
    void phone(int widthPixels) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", widthPixels, "height", 844, "deviceScaleFactor", 1, "mobile", true));
    }

    /** Makes it a browser with a large window again. */
    void desktop() {
        driver.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
    }

    /** The element that a selector of CSS meets first. */
    WebElement find(String selector) {
        return driver.findElement(By.cssSelector(selector));
    }

    /** The texts that the page has for all elements that a selector of CSS meets, as they are in the document. */
    List<String> texts(String selector) {
        return ((List<?>) run(
                        "return [...document.querySelectorAll(arguments[0])].map((one) => one.textContent)", selector))
                .stream().map(String::valueOf).toList();
    }

    /** Writes into a field what somebody types there, instead of what it holds. */
    void type(String selector, CharSequence... keys) {
        find(selector).clear();
        find(selector).sendKeys(keys);
    }

    /** Presses keys wherever the focus is. */
    void press(CharSequence... keys) {
        new Actions(driver).sendKeys(keys).perform();
    }

    /** What a script returns. */
    Object run(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** Waits until the page has drawn itself twice: it does so only while its script is not busy. */
    void awaitFrames() {
        driver.executeAsyncScript(
                "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))");
    }

    /** What axe finds that is serious or critical. */
    List<String> accessibilityFindings() {
        run(AXE);
        return ((List<?>) driver.executeAsyncScript(RUN_AXE))
                .stream().map(String::valueOf).toList();
    }

    /** The errors on the console since this was asked last, refused requests among them. */
    List<String> errors() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.SEVERE.intValue())
                .map(entry -> entry.getMessage())
                .toList();
    }

    /** What has been asked of hosts since this was asked last; the browser's own first page asks none. */
    List<String> requests() {
        var urls = new ArrayList<String>();
        for (var entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
            try {
                var event = JSON.readTree(entry.getMessage()).get("message");
                if (event.get("method").asText().equals("Network.requestWillBeSent")) {
                    urls.add(event.get("params").get("request").get("url").asText());
                }
            } catch (JsonProcessingException e) {
                throw new UncheckedIOException("the browser's log is not JSON", e);
            }
        }
        urls.removeIf(url -> url.startsWith("data:") || url.startsWith("chrome:"));
        return urls;
    }

    /** Writes a picture of the page's upper part into a file. */
    void screenshot(Path file, int height) throws IOException {
        var clip = Map.of("x", 0, "y", 0, "width", run("return innerWidth"), "height", height, "scale", 1);
        var picture = driver.executeCdpCommand(
                "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true, "clip", clip));
        Files.createDirectories(file.getParent());
        Files.write(file, Base64.getDecoder().decode((String) picture.get("data")));
    }

    @Override
    public void close() throws IOException {
        driver.quit();
        try (var files = Files.walk(profile)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
