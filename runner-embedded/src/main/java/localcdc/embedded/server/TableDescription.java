package localcdc.embedded.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import localcdc.common.cli.LeftOut;
import localcdc.common.doctor.Finding;

/** Turns a chosen relation and its columns into a {@link CapturedTable}, or into every reason why that cannot be. */
final class TableDescription {
    private final Relation relation;
    private final List<ColumnFacts> kept;
    private final List<String> leftOut;
    private final Carrier carrier;
    private final List<Finding> errors = new ArrayList<>();

    private TableDescription(Relation relation, List<ColumnFacts> columns, List<LeftOut> leaveOuts, Carrier carrier) {
        Set<String> unwanted = leaveOuts.stream()
                .filter(leaveOut -> leaveOut.table().equals(relation.id()))
                .flatMap(leaveOut -> leaveOut.column().stream())
                .collect(Collectors.toSet());
        this.relation = relation;
        this.kept = columns.stream()
                .filter(column -> !unwanted.contains(column.name()))
                .toList();
        this.leftOut = columns.stream()
                .map(ColumnFacts::name)
                .filter(unwanted::contains)
                .toList();
        this.carrier = carrier;
    }

    /**
     * Describes one table.
     *
     * @param errors where reasons go
     */
    static Optional<CapturedTable> of(
            Relation relation,
            List<ColumnFacts> columns,
            List<LeftOut> leaveOuts,
            Carrier carrier,
            TableSignature signature,
            List<Finding> errors) {
        TableDescription description = new TableDescription(relation, columns, leaveOuts, carrier);
        description.checkKey(columns);
        description.checkColumns();
        if (carrier.engine() == Engine.DEBEZIUM) {
            description.checkNames();
            description.checkCase();
        }
        errors.addAll(description.errors);
        return description.errors.isEmpty() ? Optional.of(description.captured(signature)) : Optional.empty();
    }

    private CapturedTable captured(TableSignature signature) {
        List<Integer> attnums = kept.stream().map(ColumnFacts::attnum).toList();
        return new CapturedTable(
                relation.id(),
                relation.oid(),
                relation.partitioned(),
                kept.stream().map(ColumnFacts::captured).toList(),
                relation.key().stream().map(attnums::indexOf).toList(),
                leftOut,
                relation.estimatedRows(),
                relation.estimatedPages(),
                signature);
    }

    private void checkKey(List<ColumnFacts> columns) {
        List<String> lacking = columns.stream()
                .filter(column -> relation.key().contains(column.attnum()) && leftOut.contains(column.name()))
                .map(ColumnFacts::name)
                .toList();
        if (!lacking.isEmpty()) {
            error(
                    "--leave-out names " + String.join(", ", lacking) + " of " + relation.id()
                            + ", which belongs to the key.",
                    "Leave out the whole table: " + Names.leaveOutFlag(relation.id()));
        }
    }

    private void checkNames() {
        if (relation.id().schema().indexOf('"') >= 0 || relation.id().name().indexOf('"') >= 0) {
            error(
                    relation.id() + " has a double quote in its name, which Debezium cannot stream.",
                    "Rename it, or leave it out: " + Names.leaveOutFlag(relation.id()));
        }
    }

    private void checkColumns() {
        List<ColumnFacts> obstacles = kept.stream()
                .filter(column -> column.obstacle(carrier).isPresent())
                .toList();
        if (obstacles.isEmpty()) {
            return;
        }
        boolean inKey = obstacles.stream().anyMatch(column -> relation.key().contains(column.attnum()));
        error(
                relation.id() + " has columns that cannot be carried without loss: "
                        + obstacles.stream()
                                .map(column -> column.obstacle(carrier).orElseThrow())
                                .collect(Collectors.joining(", "))
                        + ".",
                inKey
                        ? "The key needs one of them, so leave out the table: " + Names.leaveOutFlag(relation.id())
                        : "Leave them out: "
                                + Names.leaveOutFlags(
                                        relation.id(),
                                        obstacles.stream()
                                                .map(ColumnFacts::name)
                                                .toList()));
    }

    private void checkCase() {
        List<String> clashing =
                Names.clashingInCase(kept.stream().map(ColumnFacts::name).toList());
        if (!clashing.isEmpty()) {
            error(
                    relation.id() + " has columns whose names differ only by case, which ends the Debezium engine: "
                            + String.join(", ", clashing) + ".",
                    "Rename one, or leave all but one of them out, or the table: " + Names.leaveOutFlag(relation.id()));
        }
    }

    private void error(String found, String remedy) {
        errors.add(Finding.error(TableSelection.CHECK, found, remedy));
    }
}
