package localcdc.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.debezium.config.Configuration;
import java.sql.SQLException;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.Test;

class TypeLookupTest {

    @Test
    void saysWhereItCouldNotLookAndLetsDebeziumTryAgain() {
        // Given
        var lookup = TypeLookup.in(Configuration.from(
                Map.of("hostname", "127.0.0.1", "port", "1", "dbname", "shop", "user", "cdc", "password", "secret")));

        // When
        var failure = catchThrowable(() -> lookup.type(16_400));

        // Then
        assertThat(failure)
                .isInstanceOf(RetriableException.class)
                .hasCauseInstanceOf(SQLException.class)
                .hasMessageStartingWith(
                        "The type with oid 16400 could not be looked up in the catalog of shop at 127.0.0.1:1")
                .hasMessageNotContaining("secret");
    }

    @Test
    void refusesADatabaseItWasToldHalfOf() {
        assertThatThrownBy(() -> TypeLookup.in(Configuration.from(Map.of("hostname", "127.0.0.1"))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("it lacks database.dbname, database.user");
    }
}
