package localcdc.lab.demo;

import java.util.ArrayList;
import java.util.List;

/**
 * How the workload is to go. Immutable.
 *
 * @param rate changes a second, from 0 to {@value #MOST_RATE}
 * @param transaction changes in each transaction, from 1 to {@value #MOST_TRANSACTION}
 * @param paused whether it makes no changes for now
 */
record Pace(double rate, int transaction, WorkloadMix mix, boolean paused) {

    static final int MOST_RATE = 10_000;
    static final int MOST_TRANSACTION = 10_000;
    static final String RATES = "a number from 0 to " + MOST_RATE;
    static final String TRANSACTIONS = "a whole number from 1 to " + MOST_TRANSACTION;

    Pace {
        var problems = problems(rate, transaction);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join(" ", problems));
        }
    }

    private static List<String> problems(double rate, int transaction) {
        var problems = new ArrayList<String>();
        if (!(rate >= 0 && rate <= MOST_RATE)) {
            problems.add("rate is " + rate + "; it must be " + RATES + ".");
        }
        if (transaction < 1 || transaction > MOST_TRANSACTION) {
            problems.add("transaction is " + transaction + "; it must be " + TRANSACTIONS + ".");
        }
        return problems;
    }

    /** Single changes of every kind. */
    static Pace of(double rate) {
        return new Pace(rate, 1, WorkloadMix.BALANCED, false);
    }
}
