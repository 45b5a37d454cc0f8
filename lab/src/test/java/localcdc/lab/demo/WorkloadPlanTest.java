package localcdc.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import localcdc.lab.demo.WorkloadPlan.Kind;
import localcdc.lab.demo.WorkloadPlan.Step;
import org.junit.jupiter.api.Test;

class WorkloadPlanTest {

    @Test
    void repeatsItselfWithTheSameSeed() {
        assertThat(steps(7, 500)).isEqualTo(steps(7, 500)).isNotEqualTo(steps(8, 500));
    }

    @Test
    void doesEveryKindOfChangeAndKeepsTheTableSmall() {
        var plan = new WorkloadPlan(1);
        var seen = EnumSet.noneOf(Kind.class);
        int rows = 0;
        for (int i = 0; i < 20_000; i++) {
            var step = plan.next(rows, WorkloadMix.BALANCED);
            seen.add(step.kind());
            assertThat(step.row()).isBetween(0, Math.max(0, rows - 1));
            rows += step.kind() == Kind.INSERT ? 1 : step.kind() == Kind.DELETE ? -1 : 0;
        }
        assertThat(seen).containsExactlyInAnyOrder(Kind.values());
        assertThat(rows).isBetween(100, 2 * WorkloadPlan.SETTLED_ROWS);
    }

    private static List<Step> steps(long seed, int count) {
        var plan = new WorkloadPlan(seed);
        var steps = new ArrayList<Step>();
        for (int i = 0; i < count; i++) {
            steps.add(plan.next(i, WorkloadMix.BALANCED));
        }
        return steps;
    }
}
