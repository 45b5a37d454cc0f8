package localcdc.embedded.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import localcdc.common.doctor.Finding;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.Test;

class DebeziumLimitsIT {

    @Test
    void refusesWhatTheEngineCannotLiveWithByName() throws Exception {
        try (var database = TestPostgres.shared().createDatabase();
                var connection = database.connect()) {
            database.execute("""
                    CREATE TYPE mood AS ENUM ('sad');
                    CREATE DOMAIN feeling AS mood;
                    CREATE TYPE nothing AS ENUM ();
                    CREATE TABLE t (id int PRIMARY KEY, "'quoted'" int, "it's" int)""");
            var input = new DoctorInput(List.of(), List.of(), Optional.empty(), Optional.empty(), Engine.DEBEZIUM);

            var errors = Doctor.check(connection, input).errors();

            assertThat(errors).extracting(Finding::found).anySatisfy(found -> assertThat(found)
                    .contains("feeling is a domain over an enum"));
            assertThat(errors).extracting(Finding::found).anySatisfy(found -> assertThat(found)
                    .contains("nothing is an enum without labels"));
            assertThat(errors)
                    .extracting(Finding::found)
                    .anySatisfy(found -> assertThat(found).contains("'quoted'").doesNotContain("it's"));
        }
    }
}
