package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import localcdc.core.source.SourceException;
import localcdc.stack.TestPostgres;
import org.junit.jupiter.api.Test;

/** Whose a slot is, when a connection is lost and another takes its place. */
class ControlSessionIT {

    private static final String SLOT = "localcdc_run_control_session_it";

    @Test
    void takesTheLockOverFromAPredecessorThatTheServerStillServes() throws Exception {
        try (var database = TestPostgres.shared().createDatabase()) {
            var postgres = RunningPath.settings(database);
            for (int round = 0; round < 4; round++) {
                // Given
                var lost = ControlSession.open(postgres);
                lost.own(SLOT);
                int process = lost.serverProcess();
                try (var statement = lost.connection().createStatement()) {
                    // So that its end takes the server a while.
                    statement.execute("DO $$ BEGIN FOR i IN 1..200 LOOP"
                            + " EXECUTE 'CREATE TEMP TABLE busy' || i || ' (id int PRIMARY KEY)'; END LOOP; END $$");
                }

                try (var next = ControlSession.open(postgres)) {
                    assertThatThrownBy(() -> next.own(SLOT))
                            .isInstanceOf(SourceException.class)
                            .hasMessageContaining("Another runner owns");

                    // When
                    if (round % 2 == 0) {
                        lost.close();
                    }
                    next.endPredecessor(process);

                    // Then
                    assertThatCode(() -> next.own(SLOT)).doesNotThrowAnyException();
                } finally {
                    lost.close();
                }
            }
        }
    }
}
