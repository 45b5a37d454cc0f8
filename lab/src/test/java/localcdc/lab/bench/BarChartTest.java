package localcdc.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class BarChartTest {

    @Test
    void drawsBarsToScaleAndWhatIsToBeReached() throws Exception {
        // Given
        var panel = new BarChart.Panel(
                "Speed & size",
                List.of(new BarChart.Bar("ours -> map", 50, true), new BarChart.Bar("theirs", 100, false)),
                List.of(new BarChart.Line("goal", 75)));

        // When
        var svg = BarChart.svg(List.of(panel));

        // Then
        var document =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
        var bars = document.getElementsByTagName("rect");
        double ours = width(bars.item(1));
        assertThat(width(bars.item(2))).isEqualTo(2 * ours);
        var goal = (Element) document.getElementsByTagName("line").item(0);
        double start = Double.parseDouble(((Element) bars.item(1)).getAttribute("x"));
        assertThat(Double.parseDouble(goal.getAttribute("x1"))).isEqualTo(start + 1.5 * ours);
        assertThat(document.getDocumentElement().getTextContent()).contains("Speed & size", "ours -> map", "goal");
    }

    private static double width(org.w3c.dom.Node bar) {
        return Double.parseDouble(((Element) bar).getAttribute("width"));
    }
}
