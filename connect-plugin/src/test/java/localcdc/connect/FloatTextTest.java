package localcdc.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FloatTextTest {

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "-0.0, -0",
        "0.1, 0.1",
        "1e15, 1e+15",
        "1e14, 100000000000000",
        "123456789012345680, 1.2345678901234568e+17",
        "1e23, 9.999999999999999e+22",
        "5e-324, 5e-324",
        "1.7976931348623157e308, 1.7976931348623157e+308",
        "0.0001, 0.0001",
        "0.00001, 1e-05",
        "5.684341886080802e-14, 5.684341886080802e-14",
        "2e-3, 0.002",
        "-12.5, -12.5"
    })
    void printsDoublesAsPostgresDoes(double value, String text) {
        assertThat(FloatText.of(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "1e-45, 1e-45",
        "3.4028235e38, 3.4028235e+38",
        "1000000, 1e+06",
        "999999, 999999",
        "0.1, 0.1",
        "1.17549435e-38, 1.1754944e-38",
        "16777216, 1.6777216e+07",
        "-7.038531e-26, -7.038531e-26"
    })
    void printsFloatsAsPostgresDoes(float value, String text) {
        assertThat(FloatText.of(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"(1.0E-7,1.0E20) | (1e-07,1e+20)", "{NaN,-Infinity,-0.0} | {NaN,-Infinity,-0}"})
    void printsGeometricTextsAsPostgresDoes(String java, String text) {
        assertThat(FloatText.replaceIn(java)).isEqualTo(text);
    }

    @RepeatedTest(20)
    void neverChangesANumber() {
        // Given
        var seed = new Random().nextLong();
        var random = new Random(seed);

        // Then
        for (int i = 0; i < 1000; i++) {
            var value = Double.longBitsToDouble(random.nextLong());
            var single = Float.intBitsToFloat(random.nextInt());
            if (Double.isFinite(value) && Float.isFinite(single)) {
                assertThat(Double.parseDouble(FloatText.of(value)))
                        .as("seed " + seed)
                        .isEqualTo(value);
                assertThat(Float.parseFloat(FloatText.of(single)))
                        .as("seed " + seed)
                        .isEqualTo(single);
            }
        }
    }
}
