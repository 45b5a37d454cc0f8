package localcdc.embedded.pgoutput;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** What a server has sent for {@link #STATEMENTS}: a message a line, in hexadecimal digits, in a file for each version. */
final class Recording {

    static final List<Integer> VERSIONS = List.of(14, 15, 16, 17, 18);

    static final String SLOT = "localcdc_recording";

    /** Every kind of message, of tables of every kind. */
    static final List<String> STATEMENTS = List.of(
            "CREATE TYPE mood AS ENUM ('sad', 'happy')",
            "CREATE TABLE plain (id int PRIMARY KEY, v text, m mood, n numeric(12,2), big text)",
            "ALTER TABLE plain ALTER big SET STORAGE EXTERNAL",
            "CREATE TABLE whole (a int, b text, v text, PRIMARY KEY (b, a))",
            "ALTER TABLE whole REPLICA IDENTITY FULL",
            "CREATE TABLE parts (id int, region text, PRIMARY KEY (id, region)) PARTITION BY LIST (region)",
            "CREATE TABLE parts_eu PARTITION OF parts FOR VALUES IN ('eu')",
            "CREATE TABLE parts_us PARTITION OF parts FOR VALUES IN ('us')",
            "CREATE SCHEMA \"Odd \"\"Schema\"\"\"",
            "CREATE TABLE \"Odd \"\"Schema\"\"\".\"täble.1\" (\"Id\" int PRIMARY KEY, \"id\" text)",
            "CREATE PUBLICATION recording FOR ALL TABLES WITH (publish_via_partition_root = true)",
            "SELECT pg_create_logical_replication_slot('" + SLOT + "', 'pgoutput')",
            "INSERT INTO plain VALUES (1, 'ä\u2603😀', 'sad', -0.50, repeat('x', 3000)), (2, '', NULL, NULL, NULL)",
            "UPDATE plain SET v = 'changed' WHERE id = 1",
            "UPDATE plain SET id = 10 WHERE id = 1",
            "DELETE FROM plain WHERE id = 2",
            "ALTER TABLE plain ADD COLUMN added timestamptz DEFAULT '2024-02-29 12:00:00+00'",
            "INSERT INTO plain (id) VALUES (3)",
            "INSERT INTO whole VALUES (1, 'x', NULL)",
            "UPDATE whole SET v = 'v'",
            "DELETE FROM whole",
            "INSERT INTO parts VALUES (1, 'eu')",
            "UPDATE parts SET region = 'us'",
            "INSERT INTO \"Odd \"\"Schema\"\"\".\"täble.1\" VALUES (1, 'one')",
            "SELECT pg_logical_emit_message(true, 'localcdc', 'inside')",
            "SELECT pg_logical_emit_message(false, 'localcdc', 'outside')",
            "TRUNCATE plain, whole RESTART IDENTITY",
            "SELECT pg_replication_origin_create('elsewhere')",
            "SELECT pg_replication_origin_session_setup('elsewhere')",
            "INSERT INTO whole VALUES (2, 'y', 'z')",
            "SELECT pg_replication_origin_session_reset()",
            "SELECT pg_replication_origin_drop('elsewhere')");

    /** What a decoder tells of them; numbers that differ from run to run are left out. */
    static final List<String> TOLD = List.of(
            "begin",
            "relation public.plain [id, v, m, n, big]",
            "insert public.plain [1, ä\u2603😀, sad, -0.50, " + "x".repeat(3000) + "]",
            "insert public.plain [2, , NULL, NULL, NULL]",
            "commit",
            "begin",
            "update public.plain - [1, changed, sad, -0.50, UNCHANGED]",
            "commit",
            "begin",
            "update public.plain [1, NULL, NULL, NULL, NULL] [10, changed, sad, -0.50, UNCHANGED]",
            "commit",
            "begin",
            "delete public.plain [2, NULL, NULL, NULL, NULL]",
            "commit",
            "begin",
            "relation public.plain [id, v, m, n, big, added]",
            "insert public.plain [3, NULL, NULL, NULL, NULL, 2024-02-29 12:00:00+00]",
            "commit",
            "begin",
            "relation public.whole [a, b, v]",
            "insert public.whole [1, x, NULL]",
            "commit",
            "begin",
            "update public.whole [1, x, NULL] [1, x, v]",
            "commit",
            "begin",
            "delete public.whole [1, x, v]",
            "commit",
            "begin",
            "relation public.parts [id, region]",
            "relation public.parts_eu [id, region]",
            "insert public.parts [1, eu]",
            "commit",
            "begin",
            "delete public.parts [1, eu]",
            "relation public.parts [id, region]",
            "relation public.parts_us [id, region]",
            "insert public.parts [1, us]",
            "commit",
            "begin",
            "relation Odd \"Schema\".täble.1 [Id, id]",
            "insert Odd \"Schema\".täble.1 [1, one]",
            "commit",
            "begin",
            "message true localcdc inside",
            "commit",
            "message false localcdc outside",
            "begin",
            "relation public.plain [id, v, m, n, big, added]",
            "relation public.whole [a, b, v]",
            "truncate public.plain",
            "truncate public.whole",
            "commit",
            "begin",
            "relation public.whole [a, b, v]",
            "insert public.whole [2, y, z]",
            "commit");

    private Recording() {}

    static Path file(int version) {
        return Path.of("src", "test", "resources", "pgoutput", version + ".hex");
    }

    static List<byte[]> read(int version) throws IOException {
        return Files.readAllLines(file(version), StandardCharsets.US_ASCII).stream()
                .map(HexFormat.of()::parseHex)
                .toList();
    }

    static void write(int version, List<byte[]> messages) throws IOException {
        Files.createDirectories(file(version).getParent());
        Files.write(
                file(version), messages.stream().map(HexFormat.of()::formatHex).toList());
    }

    /** What a decoder tells of messages, without the numbers that differ and without empty transactions (PostgreSQL 14). */
    static List<String> told(List<byte[]> messages) {
        var told = new Told();
        var decoder = new PgOutputDecoder(told);
        messages.forEach(message -> decoder.decode(message, 0, message.length));
        var lines = new ArrayList<String>();
        for (var line : told.lines) {
            boolean bounds = line.startsWith("begin ") || line.startsWith("commit ");
            lines.add(bounds ? line.replaceAll(" .*", "") : line);
            int last = lines.size() - 1;
            if (last > 0
                    && lines.get(last).equals("commit")
                    && lines.get(last - 1).equals("begin")) {
                lines.subList(last - 1, last + 1).clear();
            }
        }
        return lines;
    }
}
