package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.sql.SQLException;
import localcdc.core.source.SourceException;
import org.junit.jupiter.api.Test;

class RecoveryTest {

    @Test
    void waitsForAServerThatIsOnItsWayDownAlsoWhereThatWasExplained() {
        assertThat(Recovery.isPassing(explained(new SQLException("terminating connection", "57P01"))))
                .isTrue();
        assertThat(Recovery.isPassing(new SQLException("lost", "08006"))).isTrue();
        assertThat(Recovery.isPassing(explained(new SQLException("refused", "99999", new ConnectException()))))
                .isTrue();
    }

    @Test
    void doesNotWaitForWhatStaysAsItIs() {
        assertThat(Recovery.isPassing(explained(new SQLException("password", "28P01"))))
                .isFalse();
        assertThat(Recovery.isPassing(new SQLException("no table", "42P01"))).isFalse();
        assertThat(Recovery.isPassing(new SourceException("no cause", ""))).isFalse();
    }

    private static SourceException explained(SQLException e) {
        return new SourceException("Postgres refused the connection.", "See its log.", e);
    }
}
