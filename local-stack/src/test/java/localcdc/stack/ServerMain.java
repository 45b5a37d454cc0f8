package localcdc.stack;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A program that starts a server and tells where it is: the parent that a test kills, or lets end without closing it. */
final class ServerMain {
    private static final Duration LIFE = Duration.ofMinutes(5);

    private ServerMain() {}

    public static void main(String[] args) throws InterruptedException {
        LocalPostgres postgres = LocalPostgres.builder().fsync(false).build().start();
        System.out.println(postgres.pid());
        System.out.println(postgres.logFile().getParent());
        if (args[0].equals("wait")) {
            new CountDownLatch(1).await(LIFE.toSeconds(), TimeUnit.SECONDS);
        }
    }
}
