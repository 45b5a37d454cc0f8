package localcdc.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import localcdc.core.source.SourceException;
import org.junit.jupiter.api.Test;

class PathThreadsTest {

    @Test
    void countsWhatAThreadThatCameOfTheStartUses() throws Exception {
        var end = new AtomicBoolean();
        var busy = new PathThreads("busy");
        var idle = new PathThreads("idle");
        var thread = busy.begin(() -> {
            var made = new Thread(() -> {
                while (!end.get()) {
                    Thread.onSpinWait();
                }
            });
            made.start();
            return made;
        });
        try {
            var shares = new CpuShares();
            assertThat(shares.since(Map.of("busy", busy.cpuSeconds()))).isEmpty();
            await().until(() -> busy.cpuSeconds() > 0.1);

            assertThat(shares.since(Map.of("busy", busy.cpuSeconds())).get("busy"))
                    .isPositive();
            assertThat(idle.cpuSeconds()).isZero();
        } finally {
            end.set(true);
            thread.join();
        }
        double all = busy.cpuSeconds();
        assertThat(all).isGreaterThan(0.1);
        assertThat(busy.cpuSeconds()).isEqualTo(all);
    }

    @Test
    void passesOnWhyAStartFailed() {
        var threads = new PathThreads("failing");

        assertThatThrownBy(() -> threads.begin(() -> {
                    throw new SourceException("The slot is gone.", "Start again.");
                }))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("The slot is gone.");
    }
}
