package localcdc.core.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import localcdc.core.event.TableId;
import localcdc.core.value.NumberRule;
import localcdc.core.verify.UndecidedException.Scope;
import localcdc.core.verify.VerifyReport.Verdict;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VerifierTest {

    private final FakeWorld world = new FakeWorld();
    private final FakeWorld.Table customers = world.customers();

    VerifierTest() {
        for (int id = 1001; id <= 1025; id++) {
            customers.both(id, row(id, "Ann"));
        }
    }

    private static String row(int id, String name) {
        return "{\"id\": " + id + ", \"name\": \"" + name + "\"}";
    }

    @AfterEach
    void everySessionIsClosed() {
        assertThat(world.sessionsOpen).isZero();
    }

    @Test
    void equalSidesAreEqualAtTheFirstCut() throws Exception {
        var report = world.verify();

        assertThat(report.verdict()).isEqualTo(Verdict.EQUAL);
        assertThat(report.tables())
                .containsExactly(new TableReport(FakeWorld.CUSTOMERS, 25, 0, 0, 0, 0, List.of(), List.of()));
        assertThat(customers.cuts).isEqualTo(1);
        assertThat(customers.keysRead).as("counts agree, so no key is read").isFalse();
    }

    @Test
    void findsARowThatTheMapMisses() throws Exception {
        customers.map.remove("[1007]");

        var report = world.verify();

        assertThat(report.verdict()).isEqualTo(Verdict.DIFFERENT);
        assertThat(report.tables().get(0).missing()).isEqualTo(1);
        assertThat(report.mismatches())
                .containsExactly(new Mismatch(
                        FakeWorld.CUSTOMERS,
                        Mismatch.Kind.MISSING,
                        "{\"id\":1007}",
                        null,
                        "{\"id\":1007,\"name\":\"Ann\"}"));
    }

    @Test
    void findsARowThatOnlyTheMapHas() throws Exception {
        customers.map.put("[7]", row(7, "Eve"));

        var report = world.verify();

        assertThat(report.verdict()).isEqualTo(Verdict.DIFFERENT);
        assertThat(report.tables().get(0).unexpected()).isEqualTo(1);
        assertThat(report.mismatches())
                .containsExactly(new Mismatch(
                        FakeWorld.CUSTOMERS,
                        Mismatch.Kind.UNEXPECTED,
                        "{\"id\":7}",
                        "{\"id\":7,\"name\":\"Eve\"}",
                        null));
    }

    @Test
    void findsARowTooManyAlsoWhenTheCountsAgree() throws Exception {
        customers.map.put("[7]", row(7, "Eve"));
        customers.map.remove("[1007]");

        var report = world.verify();

        assertThat(report.tables().get(0).unexpected()).isEqualTo(1);
        assertThat(report.tables().get(0).missing()).isEqualTo(1);
    }

    @Test
    void findsAChangedValueAndShowsTheColumnThatDiffers() throws Exception {
        customers.map.put("[1007]", row(1007, "Ann "));

        var report = world.verify();

        assertThat(report.tables().get(0).different()).isEqualTo(1);
        assertThat(report.mismatches())
                .containsExactly(new Mismatch(
                        FakeWorld.CUSTOMERS,
                        Mismatch.Kind.DIFFERENT,
                        "{\"id\":1007}",
                        "{\"name\":\"Ann \"}",
                        "{\"name\":\"Ann\"}"));
    }

    @Test
    void findsAStaleRowThatPostgresKeepsChanging() throws Exception {
        customers.beforeCut = cut -> customers.postgres.put("[1007]", row(1007, "Ann " + cut));

        var report = world.verify();

        assertThat(report.verdict()).isEqualTo(Verdict.DIFFERENT);
        assertThat(report.tables().get(0).different()).isEqualTo(1);
    }

    @Test
    void aRowThatDiffersAtOneCutOnlyIsNoDifference() throws Exception {
        customers.map.put("[1007]", row(1007, "old"));
        customers.map.remove("[1008]");
        customers.map.put("[7]", row(7, "gone"));
        customers.beforeCut = cut -> {
            if (cut == 2) {
                customers.both(1007, row(1007, "new")).both(1008, row(1008, "new"));
                customers.map.remove("[7]");
            }
        };

        var report = world.verify();

        assertThat(report.verdict()).isEqualTo(Verdict.EQUAL);
        assertThat(customers.cuts).isEqualTo(2);
        assertThat(customers.lookedUp).containsExactlyInAnyOrder("[1007]", "[1008]", "[7]");
    }

    @Test
    void rowsThatFlickerBetweenEqualAndUndecidedAreNoDifference() throws Exception {
        customers.undecided.addAll(List.of("[1001]", "[1002]"));
        customers.beforeCut = cut -> {
            if (cut == 2) {
                customers.undecided.remove("[1001]");
                customers.map.put("[1002]", row(1002, "Bob"));
                customers.postgres.put("[1002]", row(1002, "Cid"));
            } else if (cut == 3) {
                customers.undecided.clear();
                customers.both(1002, row(1002, "Dan"));
            }
        };

        var report = world.verify();

        assertThat(report.verdict()).isEqualTo(Verdict.EQUAL);
        assertThat(customers.cuts).isEqualTo(3);
    }

    @Test
    void rowsThatStayUndecidedAreInFlightAndNotEqual() throws Exception {
        customers.undecided.add("[1001]");
        var begin = world.now;

        var report = world.verify();

        assertThat(report.verdict()).isEqualTo(Verdict.UNDECIDED);
        assertThat(report.tables().get(0).inFlight()).isEqualTo(1);
        assertThat(report.tables().get(0).reasons()).singleElement().asString().startsWith("1 row is changed by");
        assertThat(world.now.minus(begin)).isBetween(Duration.ofSeconds(60), Duration.ofSeconds(70));
    }

    @Test
    void anUndecidedRowThatPostgresDoesNotHaveIsNotOverlooked() throws Exception {
        customers.map.put("[7]", row(7, "Eve"));
        customers.undecided.add("[7]");

        var report = world.verify();

        assertThat(report.verdict()).isEqualTo(Verdict.UNDECIDED);
        assertThat(report.tables().get(0).reasons()).isNotEmpty();
    }

    @Test
    void aDifferenceIsFoundAlsoWhileOtherRowsStayUndecided() throws Exception {
        customers.map.put("[7]", row(7, "Eve"));
        customers.undecided.add("[7]");
        customers.map.remove("[1007]");

        var report = world.verify();

        assertThat(report.verdict()).isEqualTo(Verdict.DIFFERENT);
        assertThat(customers.cuts).isGreaterThan(4);
        assertThat(report.tables().get(0).missing()).as("counted once").isEqualTo(1);
        assertThat(report.mismatches()).hasSize(1);
    }

    @Test
    void aRowWhoseDeletionMayBeUnderWayIsNotMissing() throws Exception {
        customers.map.remove("[1007]");
        customers.changing.add("[1007]");
        customers.beforeCut = cut -> {
            if (cut == 3) {
                customers.postgres.remove("[1007]");
            }
        };

        assertThat(world.verify().verdict()).isEqualTo(Verdict.EQUAL);
    }

    @Test
    void aTableTruncatedBetweenTwoCutsIsNoDifference() throws Exception {
        customers.postgres.clear();
        customers.beforeCut = cut -> {
            if (cut == 2) {
                customers.map.clear();
            }
        };

        assertThat(world.verify().verdict()).isEqualTo(Verdict.EQUAL);
    }

    @Test
    void aCertainDifferenceOutweighsWhatIsUndecidedAndShortensTheWait() throws Exception {
        customers.undecided.add("[1001]");
        customers.map.remove("[1007]");
        var begin = world.now;

        var report = world.verify();

        assertThat(report.verdict()).isEqualTo(Verdict.DIFFERENT);
        assertThat(report.tables().get(0).inFlight()).isEqualTo(1);
        assertThat(world.now.minus(begin)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void unknownValuesAreNamedAndMeanNotEqual() throws Exception {
        customers.unavailable.put("[1007]", List.of("photo"));
        customers.map.put("[1007]", row(1007, "Ann"));
        customers.postgres.put("[1007]", "{\"id\": 1007, \"name\": \"Ann\", \"photo\": \"...\"}");
        var begin = world.now;

        var report = world.verify();

        assertThat(report.verdict()).isEqualTo(Verdict.UNDECIDED);
        assertThat(report.tables().get(0).inFlight()).isEqualTo(1);
        assertThat(report.tables().get(0).reasons()).singleElement().asString().contains("photo");
        assertThat(world.now.minus(begin)).as("waiting would not help").isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void aDifferenceBesideAnUnknownValueIsADifference() throws Exception {
        customers.unavailable.put("[1007]", List.of("photo"));
        customers.postgres.put("[1007]", "{\"id\": 1007, \"name\": \"Bob\", \"photo\": \"...\"}");

        assertThat(world.verify().verdict()).isEqualTo(Verdict.DIFFERENT);
    }

    @Test
    void columnsLeftOutAreNamedAndNotCompared() throws Exception {
        customers.leftOut.add("ssn");
        customers.map.put("[1007]", "{\"id\": 1007, \"name\": \"Ann\", \"ssn\": 5}");

        var report = world.verify();

        assertThat(report.verdict()).isEqualTo(Verdict.EQUAL);
        assertThat(report.tables().get(0).leftOut()).containsExactly("ssn");
    }

    @Test
    void valuesCompareAsJsonValuesAndFloatsAsFloats() throws Exception {
        customers.numberRules.put("weight", NumberRule.FLOAT);
        customers.postgres.put("[1]", "{\"id\": 1, \"price\": 1.50, \"tags\": {\"a\": 1, \"b\": 2}, \"weight\": 0.1}");
        customers.map.put("[1]", "{\"weight\":0.10000000149,\"tags\":{\"b\":2,\"a\":1},\"price\":1.5,\"id\":1}");

        assertThat(world.verify().verdict()).isEqualTo(Verdict.EQUAL);
    }

    @Test
    void numbersCompareWithoutRounding() throws Exception {
        customers.postgres.put("[1]", "{\"id\": 1, \"price\": 0.10000000000000000001}");
        customers.map.put("[1]", "{\"id\": 1, \"price\": 0.10000000000000000002}");

        assertThat(world.verify().verdict()).isEqualTo(Verdict.DIFFERENT);
    }

    @Test
    void waitsForTheRunnerToReadATableAgainWhoseDefinitionChanged() throws Exception {
        customers.postgres.replaceAll((key, row) -> row.replace("}", ", \"vip\": false}"));
        customers.beforeCut = cut -> customers.schemaChanged = true;

        assertThat(world.verify().tables().get(0).reasons()).anySatisfy(reason -> assertThat(reason)
                .contains("inventory.customers changed its definition; the runner is reading"));
    }

    @Test
    void otherColumnsAreADifferenceOnlyWhenTheyStay() throws Exception {
        customers.postgres.replaceAll((key, row) -> row.replace("}", ", \"vip\": false}"));
        customers.beforeCut = cut -> {
            if (cut == 4) {
                customers.map.putAll(customers.postgres);
            }
        };

        assertThat(world.verify().verdict()).isEqualTo(Verdict.EQUAL);
    }

    @Test
    void otherColumnsThatStayAreADifference() throws Exception {
        customers.postgres.replaceAll((key, row) -> row.replace("}", ", \"vip\": false}"));

        var report = world.verify();

        assertThat(report.tables().get(0).different()).isEqualTo(25);
        assertThat(report.mismatches()).hasSize(VerifyReport.MISMATCHES_SHOWN);
    }

    @Test
    void waitsForARunnerThatIsNotReady() throws Exception {
        world.notReadyFor = 3;

        assertThat(world.verify().verdict()).isEqualTo(Verdict.EQUAL);
    }

    @Test
    void saysInWhichStateARunnerIsThatDoesNotGetReady() {
        world.notReadyFor = Integer.MAX_VALUE;

        assertThatThrownBy(world::verify)
                .isInstanceOfSatisfying(
                        UndecidedException.class, e -> assertThat(e.scope()).isEqualTo(Scope.ALL))
                .hasMessage("The runner is SNAPSHOT.");
    }

    @Test
    void aTableThatCannotBeReadDoesNotHideAnothersDifference() throws Exception {
        var orders = new TableId("inventory", "orders");
        world.tables.put(orders, new FakeWorld.Table());
        world.tables.get(orders).trouble = new UndecidedException(Scope.TABLE, "No right to read it.", "GRANT it.");
        assertThat(world.verify().verdict()).isEqualTo(Verdict.UNDECIDED);

        customers.map.remove("[1001]");
        var report = world.verify();

        assertThat(report.verdict()).isEqualTo(Verdict.DIFFERENT);
        assertThat(report.tables().get(1).reasons()).containsExactly("No right to read it. GRANT it.");
    }

    @Test
    void aTableThatCannotBeReadAtThisMomentIsTriedAgain() throws Exception {
        customers.trouble = new UndecidedException(Scope.CUT, "It is locked.", "");
        var orders = new FakeWorld.Table();
        world.tables.put(new TableId("inventory", "orders"), orders);
        orders.beforeCut = cut -> customers.trouble = null;

        assertThat(world.verify().verdict()).isEqualTo(Verdict.EQUAL);
    }

    @Test
    void stopsEarlyWhenTooManyRowsDiffer() throws Exception {
        customers.map.clear();

        var report = world.verify(10);

        assertThat(report.verdict()).isEqualTo(Verdict.DIFFERENT);
        assertThat(report.tables().get(0).missing()).isBetween(10L, 24L);
        assertThat(report.tables().get(0).reasons()).singleElement().asString().contains("lower bounds");
    }

    @Test
    void aTableWithTooManyDifferencesDoesNotHideAnothers() throws Exception {
        customers.map.clear();
        var orders = new FakeWorld.Table().both(1, row(1, "x"));
        orders.map.put("[2]", row(2, "y"));
        world.tables.put(new TableId("inventory", "orders"), orders);

        var report = world.verify(10);

        assertThat(report.tables().get(1).unexpected()).isEqualTo(1);
    }

    @Test
    void readsATableAgainThatItStoppedReadingForNothing() throws Exception {
        customers.undecided.addAll(customers.postgres.keySet());
        customers.beforeCut = cut -> {
            if (cut == 2) {
                customers.undecided.clear();
            }
        };

        var report = world.verify(10);

        assertThat(report.verdict()).isEqualTo(Verdict.EQUAL);
        assertThat(report.tables().get(0).rowsCompared()).isEqualTo(25);
    }

    @Test
    void rowsThatNoKeyExplainsAreNotEqual() throws Exception {
        // Two keys of the map that are one and the same for Postgres.
        customers.numberRules.clear();
        customers.map.put("[1001.0]", row(1001, "Ann"));
        var postgres = new PostgresSide() {
            @Override
            public PostgresCut begin(TableId table, List<String> leftOut) throws UndecidedException {
                return new CutWithLooseKeys(world.begin(table, leftOut));
            }

            @Override
            public void emit(String marker) {
                world.emit(marker);
            }
        };
        var settings = VerifySettings.withPatience(Duration.ofSeconds(5));

        var report = new Verifier(world, postgres, settings, world).verify(TableChoice.all());

        assertThat(report.verdict()).isEqualTo(Verdict.UNDECIDED);
        assertThat(report.tables().get(0).reasons()).singleElement().asString().startsWith("The map holds 26 rows");
    }

    @Test
    void comparesTheTablesThatWereAskedForOnly() throws Exception {
        customers.map.clear();
        var orders = new TableId("sales", "orders");
        world.tables.put(orders, new FakeWorld.Table().both(1, row(1, "x")));
        var verifier = new Verifier(world, world, VerifySettings.withPatience(Duration.ZERO), world);

        var report = verifier.verify(new TableChoice(List.of("sales.*")));

        assertThat(report.verdict()).isEqualTo(Verdict.EQUAL);
        assertThat(report.tables()).extracting(TableReport::table).containsExactly(orders);
        assertThatThrownBy(() -> verifier.verify(new TableChoice(List.of("sales.order"))))
                .hasMessage(
                        "The runner's map holds no table sales.order; it holds [inventory.customers, sales.orders].");
    }

    @Test
    void namesTheTablesThatTheRunnerLeavesOut() throws Exception {
        var secrets = new TableId("inventory", "secrets");
        world.leftOutTables.add(secrets);
        var verifier = new Verifier(world, world, VerifySettings.withPatience(Duration.ZERO), world);

        var report = verifier.verify(TableChoice.all());

        assertThat(report.verdict()).isEqualTo(Verdict.EQUAL);
        assertThat(report.leftOutTables()).containsExactly(secrets);
        assertThatThrownBy(() -> verifier.verify(new TableChoice(List.of("inventory.secrets"))))
                .hasMessage("The runner leaves table inventory.secrets out, so there is nothing to compare it with.");
    }

    @Test
    void theReportsJsonIsTheContract() throws Exception {
        customers.map.remove("[1007]");
        world.leftOutTables.add(new TableId("inventory", "secrets"));

        assertThat(world.verify().toJson())
                .isEqualTo("{\"tables\":[{\"table\":\"inventory.customers\",\"rowsCompared\":25,\"missing\":1,"
                        + "\"unexpected\":0,\"different\":0,\"inFlight\":0,\"leftOut\":[],\"reasons\":[]}],"
                        + "\"equal\":false,\"leftOutTables\":[\"inventory.secrets\"],\"mismatches\":[{\"table\":\"inventory.customers\",\"kind\":\"missing\","
                        + "\"key\":{\"id\":1007},\"map\":null,\"postgres\":{\"id\":1007,\"name\":\"Ann\"}}]}");
        assertThat(VerifyReport.undecided("No runner answers.").toJson())
                .isEqualTo("{\"tables\":[],\"equal\":false,\"leftOutTables\":[],\"mismatches\":[],"
                        + "\"reason\":\"No runner answers.\"}");
    }
}
