package localcdc.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class OptionReferenceTest {

    @Test
    void thePageSaysWhatTheProgramTakes() throws IOException {
        var page = ReferencePage.of("options.md");
        var generated = OptionReference.page();
        if (Boolean.getBoolean("regenerate")) {
            page.write(generated);
        }

        assertThat(page.text())
                .as("docs/reference/options.md is out of date; write it anew with"
                        + " ./mvnw test -pl runner-embedded -am -Dtest=OptionReferenceTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Dregenerate=true")
                .isEqualTo(generated);
    }
}
