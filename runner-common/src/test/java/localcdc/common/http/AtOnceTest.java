package localcdc.common.http;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AtOnceTest {

    @Test
    void refusesOneTooManyUntilAnotherHasEnded() {
        var searches = new AtOnce(2, "searches");
        searches.begin();
        searches.begin();

        assertThatThrownBy(searches::begin)
                .isInstanceOf(HttpProblem.class)
                .hasMessage("2 searches are running already; try again when one is done.");
        searches.end();
        assertThatCode(searches::begin).doesNotThrowAnyException();
        assertThatThrownBy(searches::begin).isInstanceOf(HttpProblem.class);
    }
}
