package localcdc.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Core knows no engine, no broker, no command line and no HTTP, and its arrows never turn back. */
class ArchitectureTest {

    private final JavaClasses core = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("localcdc.core");

    @Test
    void usesNothingButTheJdkAndThreeLibraries() {
        classes()
                .that()
                .resideInAPackage("localcdc.core..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "localcdc.core..",
                        "java..",
                        "org.slf4j..",
                        "com.fasterxml.jackson.core..",
                        "org.HdrHistogram..")
                .check(core);
        noClasses()
                .that()
                .resideInAPackage("localcdc.core..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net.http..", "com.sun..")
                .check(core);
    }

    @Test
    void hasNoCyclesBetweenPackages() {
        slices().matching("localcdc.core.(*)..").should().beFreeOfCycles().check(core);
    }

    @Test
    void keepsTheEventModelFreeOfWhatUsesIt() {
        noClasses()
                .that()
                .resideInAPackage("localcdc.core.event..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..index..", "..source..", "..pipeline..", "..verify..")
                .check(core);
        noClasses()
                .that()
                .resideInAPackage("localcdc.core.index..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..source..", "..pipeline..", "..verify..")
                .check(core);
    }
}
