package localcdc.lab.bench;

import java.util.List;

/** A few sums that measurements need. */
final class Statistics {

    private Statistics() {}

    /**
     * The smallest of the values that this share of them does not exceed (nearest rank).
     *
     * @param share above 0, at most 1
     */
    static double percentile(List<Double> values, double share) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no values");
        }
        return values.stream().sorted().toList().get((int) Math.ceil(share * values.size()) - 1);
    }

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
