package localcdc.embedded.server;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import localcdc.common.doctor.Finding;
import localcdc.core.source.SourceException;

/**
 * What the checks found.
 *
 * @param selection the tables; empty when the server is not one whose tables can be read
 */
public record Diagnosis(List<Finding> findings, Optional<Selection> selection) {

    public Diagnosis {
        findings = List.copyOf(findings);
    }

    public List<Finding> errors() {
        return findings.stream().filter(Finding::isError).toList();
    }

    public List<Finding> warnings() {
        return findings.stream()
                .filter(finding -> finding.severity() == Finding.Severity.WARNING)
                .toList();
    }

    /**
     * The tables to capture.
     *
     * @throws SourceException when there is an error among the findings; it tells all of them
     */
    public Selection requireReady() throws SourceException {
        List<Finding> errors = errors();
        if (errors.size() == 1) {
            throw new SourceException(errors.get(0).found(), errors.get(0).remedy());
        }
        if (!errors.isEmpty()) {
            throw new SourceException(errors.stream().map(Finding::sentences).collect(Collectors.joining("\n")), "");
        }
        return selection.orElseThrow();
    }
}
