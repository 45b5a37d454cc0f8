package localcdc.lab.bench;

import java.util.List;
import java.util.OptionalDouble;

/**
 * One number that has a goal.
 *
 * @param name what it is, as people read it
 * @param perRound its value in each round
 * @param goal what it should reach
 * @param stretch what would be better still, where there is such a number
 * @param atLeast whether more is better
 */
record Finding(
        Figure figure, String name, List<Double> perRound, double goal, OptionalDouble stretch, boolean atLeast) {

    Finding {
        perRound = List.copyOf(perRound);
    }

    /** The median of the rounds. */
    double value() {
        return Statistics.median(perRound);
    }

    boolean isMet() {
        return reaches(goal);
    }

    /** Whether it is better than asked for; false where there is no such number. */
    boolean isStretchMet() {
        return stretch.isPresent() && reaches(stretch.getAsDouble());
    }

    private boolean reaches(double wanted) {
        return atLeast ? value() >= wanted : value() <= wanted;
    }
}
