package localcdc.lab.demo;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import localcdc.common.pg.PgSettings;
import localcdc.core.source.SourceException;
import localcdc.embedded.server.Engine;
import localcdc.lab.KafkaPlatform;
import localcdc.lab.KeptServers;
import localcdc.lab.SamplePostgres;
import localcdc.stack.LocalPostgres;

/**
 * Everything that runs in a demo, started in the order of its flow and closed in reverse: Postgres, the page, the two
 * engines in this JVM, and broker, Connect and the path through them. For one thread, but for the getters.
 */
final class Platform implements AutoCloseable {

    private final ArrayDeque<Runnable> closing = new ArrayDeque<>();
    private final List<DemoPath> paths = new CopyOnWriteArrayList<>();
    private final KeptServers kept = new KeptServers();
    private final Race race = new Race();
    private final Faults faults = new Faults(kept, paths);
    private volatile SteadyWorkload workload;
    private LocalPostgres postgres;
    private DemoPage page;

    private Platform() {}

    /**
     * Starts it all.
     *
     * @throws SourceException when this machine cannot run it; nothing is left behind then
     */
    static Platform start(DemoSettings settings) throws SourceException {
        var platform = new Platform();
        boolean started = false;
        try {
            platform.open(settings);
            started = true;
            return platform;
        } finally {
            if (!started) {
                platform.close();
            }
        }
    }

    private void open(DemoSettings settings) throws SourceException {
        postgres = SamplePostgres.start(0);
        closing.push(postgres::close);
        kept.add(postgres);
        closing.push(this::closePaths);
        page = DemoPage.start(settings.httpPort(), settings.kafka() ? 3 : 2, this);
        closing.push(page::close);
        paths.add(DemoPath.embedded(Engine.DIRECT, settings(), settings.verifyEvery(), race));
        paths.add(DemoPath.embedded(Engine.DEBEZIUM, settings(), settings.verifyEvery(), race));
        if (settings.kafka()) {
            var kafka = KafkaPlatform.start(settings(), KafkaPlatform.Settings.defaults());
            closing.push(kafka::close);
            closing.push(this::closePaths);
            kept.add(kafka);
            paths.add(DemoPath.kafka(kafka, settings(), settings.verifyEvery(), race));
        }
        closing.push(faults::close);
    }

    /** The last one that was started first. */
    private void closePaths() {
        for (int i = paths.size() - 1; i >= 0; i--) {
            paths.get(i).close();
        }
    }

    /** Lets the page say how the workload is to go. */
    void control(SteadyWorkload started) {
        workload = started;
    }

    /** Null before it is there. */
    SteadyWorkload workload() {
        return workload;
    }

    Race race() {
        return race;
    }

    Faults faults() {
        return faults;
    }

    /** The processes that do the work, by what they are: this JVM, which both engines run in, and every server. */
    Map<String, Long> processes() {
        var processes = new LinkedHashMap<String, Long>();
        processes.put("lab", ProcessHandle.current().pid());
        processes.putAll(kept.processes());
        return processes;
    }

    PgSettings settings() {
        return SamplePostgres.settings(postgres);
    }

    LocalPostgres postgres() {
        return postgres;
    }

    /** Every path that runs. */
    List<DemoPath> paths() {
        return paths;
    }

    /** Where the page is, {@code http://HOST:PORT}. */
    String url() {
        return page.url();
    }

    /** Starts again what has ended: somebody may have killed it to see what happens. */
    void keepRunning() throws SourceException {
        kept.look();
    }

    @Override
    public void close() {
        while (!closing.isEmpty()) {
            closing.pop().run();
        }
    }
}
