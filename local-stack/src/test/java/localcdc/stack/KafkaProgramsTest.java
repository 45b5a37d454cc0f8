package localcdc.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaProgramsTest {
    @Test
    void hasTheVersionsOfTheRestOfTheBuild() {
        List<String> programs = KafkaPrograms.index();

        assertThat(programs)
                .contains(
                        "kafka-servers/kafka_2.13-" + System.getProperty("kafka.version") + ".jar",
                        "kafka-servers/connect-runtime-" + System.getProperty("kafka.version") + ".jar",
                        "kafka-servers/debezium-connector-postgres-" + System.getProperty("debezium.version")
                                + "-plugin.tar.gz");
    }

    @Test
    void bringsOneLogOnly() {
        assertThat(KafkaPrograms.index())
                .filteredOn(name -> name.contains("slf4j"))
                .hasSize(2)
                .anyMatch(name -> name.contains("slf4j-api-1.7"))
                .anyMatch(name -> name.contains("log4j-slf4j-impl"));
    }

    @Test
    void takesFurtherOptionsFromTheEnvironment() {
        assertThat(LocalKafka.javaOptions(Map.of())).isEmpty();
        assertThat(LocalKafka.javaOptions(Map.of("LAB_KAFKA_OPTS", " -Xmx2g  -XX:-UseG1GC\n-Da=b ")))
                .containsExactly("-Xmx2g", "-XX:-UseG1GC", "-Da=b");
    }
}
