package localcdc.lab.bench;

import java.util.List;

/** A few sums that measurements need. */
final class Statistics {

    private Statistics() {}

    /** The middle value; of an even number of values, the mean of the two in the middle. */
    static double median(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no values");
        }
        var sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
