package localcdc.lab.demo;

/** What kinds of changes the workload makes, in percent; what is left are rows that get another key. */
enum WorkloadMix {
    /** The table grows to a few hundred rows and then stays about that large. */
    BALANCED(15, 63, 20),
    INSERTS(90, 8, 1),
    UPDATES(1, 97, 1),
    DELETES(5, 13, 80);

    private static final int GROWING_INSERTS = 40;
    private static final int GROWING_DELETES = 8;

    private final int inserts;
    private final int updates;
    private final int deletes;

    WorkloadMix(int inserts, int updates, int deletes) {
        this.inserts = inserts;
        this.updates = updates;
        this.deletes = deletes;
    }

    /** @param dice from 0 to 99 */
    WorkloadPlan.Kind kind(int dice, int rows) {
        if (rows == 0) {
            return WorkloadPlan.Kind.INSERT;
        }
        boolean growing = this == BALANCED && rows < WorkloadPlan.SETTLED_ROWS;
        int upToInserts = growing ? GROWING_INSERTS : inserts;
        int upToDeletes = upToInserts + (growing ? GROWING_DELETES : deletes);
        if (dice < upToInserts) {
            return WorkloadPlan.Kind.INSERT;
        }
        if (dice < upToDeletes) {
            return WorkloadPlan.Kind.DELETE;
        }
        return dice >= inserts + updates + deletes ? WorkloadPlan.Kind.MOVE : WorkloadPlan.Kind.UPDATE;
    }
}
