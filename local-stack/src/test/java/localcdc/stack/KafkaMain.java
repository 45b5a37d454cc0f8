package localcdc.stack;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A program that starts a broker, tells where it is and waits: the parent that a test kills. */
final class KafkaMain {
    private static final Duration LIFE = Duration.ofMinutes(5);

    private KafkaMain() {}

    public static void main(String[] args) throws InterruptedException {
        LocalKafka kafka = LocalKafka.builder().build().start();
        System.out.println(kafka.pid());
        System.out.println(kafka.logFile().getParent());
        new CountDownLatch(1).await(LIFE.toSeconds(), TimeUnit.SECONDS);
    }
}
