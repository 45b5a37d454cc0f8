package localcdc.stack;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A program that starts the command it is given under guard, prints its pid and waits to be killed. */
final class GuardMain {
    private static final Duration LIFE = Duration.ofMinutes(5);

    private GuardMain() {}

    public static void main(String[] command) throws InterruptedException {
        GuardedProcess child = GuardedProcess.command(List.of(command))
                .patience(Duration.ofSeconds(1))
                .start();
        System.out.println(child.pid());
        new CountDownLatch(1).await(LIFE.toSeconds(), TimeUnit.SECONDS);
    }
}
