package localcdc.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import localcdc.stack.FolderTree;
import localcdc.stack.SystemPath;

/** A browser without a window, where one is installed. Immutable. */
final class Chromium {

    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");

    /** How much of a page can be seen, in pixels. */
    enum Window {
        /** That of a laptop: the page as it opens. */
        LAPTOP(1280, 800),
        /** So high that every part of a page is in sight, and drawn. */
        WHOLE_PAGE(1280, 3000);

        private final String size;

        Window(int width, int height) {
            this.size = width + "," + height;
        }
    }

    private final Path program;

    private Chromium(Path program) {
        this.program = program;
    }

    /** Looks for it on the PATH. */
    static Optional<Chromium> find() {
        return NAMES.stream()
                .flatMap(name -> SystemPath.find(name).stream())
                .findFirst()
                .map(Chromium::new);
    }

    /** Opens a runner's page, and returns when it follows the changes. The caller closes it. */
    Page open(String url, Window window) throws IOException, InterruptedException {
        var followers = new Followers(new RunnerClient(url));
        // One that has gone is noticed when something is sent to it; it must not be taken for the page.
        followers.await(0);
        var profile = Files.createTempDirectory("lab-bench-browser-");
        var command = new ArrayList<>(List.of(
                program.toString(),
                "--headless=new",
                "--window-size=" + window.size,
                "--user-data-dir=" + profile,
                "--remote-debugging-port=0",
                "--no-first-run",
                "--no-proxy-server",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync"));
        if (System.getProperty("user.name").equals("root")) {
            command.add("--no-sandbox");
        }
        command.add(url);
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        var page = new Page(process, profile, followers);
        boolean following = false;
        try {
            followers.await(1);
            following = true;
            return page;
        } finally {
            if (!following) {
                page.close();
            }
        }
    }

    /** A page that is open. For one thread; close ends the browser and removes its profile. */
    static final class Page implements AutoCloseable {

        private final Process process;
        private final Path profile;
        private final Followers followers;
        private List<Long> measured = List.of();

        private Page(Process process, Path profile, Followers followers) {
            this.process = process;
            this.profile = profile;
            this.followers = followers;
        }

        /** The browser's processes, which have to stay until {@link #checkFollowing}. */
        List<Long> pids() {
            measured = running();
            return measured;
        }

        private List<Long> running() {
            return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                    .map(ProcessHandle::pid)
                    .toList();
        }

        /** @throws IOException when the page follows the changes no more, so that what was measured counts nothing */
        void checkFollowing() throws IOException, InterruptedException {
            if (followers.count() != 1 || !running().containsAll(measured)) {
                throw new IOException(
                        "the page does not follow the changes any more, or a process of the browser has ended");
            }
        }

        @Override
        public void close() throws IOException {
            var all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                    .toList();
            process.destroy();
            for (var one : all) {
                one.onExit().completeOnTimeout(one, 5, TimeUnit.SECONDS).join();
                one.destroyForcibly();
                one.onExit().completeOnTimeout(one, 5, TimeUnit.SECONDS).join();
            }
            FolderTree.delete(profile);
        }
    }
}
