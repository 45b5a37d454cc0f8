package localcdc.embedded.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages that servers of every supported version have sent: see {@link RecordingIT}. */
class RecordedMessagesTest {

    static List<Integer> versions() {
        return Recording.VERSIONS;
    }

    @ParameterizedTest
    @MethodSource("versions")
    void areReadAlike(int version) throws IOException {
        assertThat(Recording.told(Recording.read(version))).containsExactlyElementsOf(Recording.TOLD);
    }
}
