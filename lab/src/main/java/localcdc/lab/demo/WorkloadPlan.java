package localcdc.lab.demo;

import java.util.SplittableRandom;

/**
 * What the workload does next: the same seed and the same numbers of rows give the same steps. For one thread.
 */
final class WorkloadPlan {

    /** From here on as many rows go as come. */
    static final int SETTLED_ROWS = 300;

    private static final String[] FIRST = {
        "Ada",
        "Alan",
        "Barbara",
        "Dennis",
        "Edsger",
        "Grace",
        "Haruki",
        "Katherine",
        "Linus",
        "Margaret",
        "Niklaus",
        "Sachiko",
        "Tim",
        "Yukihiro",
        "Zoë"
    };
    private static final String[] LAST = {
        "Dijkstra",
        "Hamilton",
        "Hopper",
        "Johnson",
        "Kernighan",
        "Liskov",
        "Lovelace",
        "Matsumoto",
        "Müller",
        "Ritchie",
        "Sato",
        "Suzuki",
        "Turing",
        "Wirth"
    };
    private static final String[] PLANS = {"free", "pro", "team"};

    private final SplittableRandom random;

    WorkloadPlan(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /** What is done to a row. */
    enum Kind {
        INSERT,
        UPDATE,
        DELETE,
        /** The row gets another primary key. */
        MOVE
    }

    /**
     * One change.
     *
     * @param row which of the rows at hand; of no meaning for an insert
     * @param cents an amount between -2000 and 8000
     */
    record Step(Kind kind, int row, String firstName, String lastName, int cents, String profile) {}

    /** The next step when so many rows are at hand. */
    Step next(int rows, WorkloadMix mix) {
        var kind = mix.kind(random.nextInt(100), rows);
        var first = pick(FIRST);
        var last = pick(LAST);
        int cents = random.nextInt(-2000, 8000);
        var profile = "{\"plan\": \"" + pick(PLANS) + "\", \"visits\": " + random.nextInt(1, 1000) + "}";
        return new Step(kind, rows == 0 ? 0 : random.nextInt(rows), first, last, cents, profile);
    }

    private String pick(String[] words) {
        return words[random.nextInt(words.length)];
    }
}
