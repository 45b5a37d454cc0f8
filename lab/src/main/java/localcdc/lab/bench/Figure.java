package localcdc.lab.bench;

/** The figures that can be measured; they are explained in docs/performance.md. */
enum Figure {
    P1("Streaming, changes/s"),
    P2("Streaming against the engine's own JSON, changes/s"),
    P3("Snapshot, rows/s"),
    P4("Reading a finished topic, records/s"),
    P5("Streaming through Kafka, changes/s"),
    P6("Memory, bytes a row of the map"),
    P7("Latency from the commit to the map, and CPU while nothing happens"),
    P8("The same through Kafka: latency by stage, and CPU of broker, Connect and runner"),
    P9("Streaming with --engine direct, changes/s"),
    P10("Latency with --engine direct, and CPU while nothing happens"),
    P11("Latency and changes/s with the page open in a browser, against the same runner alone"),
    P12("Asking a large map by HTTP, ms");

    private final String title;

    Figure(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
