package localcdc.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a running (or killed) Postgres says about itself in {@code postmaster.pid}. */
record PostmasterFile(long pid, Optional<String> sharedMemoryId, boolean isReady) {
    private static final int SHARED_MEMORY_LINE = 6;
    private static final int STATUS_LINE = 7;
    private static final Pattern SHARED_MEMORY = Pattern.compile("\\s*\\d+\\s+(?<id>\\d+)\\s*");

    /** Empty if there is no such file or nothing in it yet, that is, if no server runs on this data. */
    static Optional<PostmasterFile> read(Path dataDirectory) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(dataDirectory.resolve("postmaster.pid"));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> shared = lines.stream()
                .skip(SHARED_MEMORY_LINE)
                .map(SHARED_MEMORY::matcher)
                .filter(Matcher::matches)
                .map(match -> match.group("id"))
                .findFirst();
        boolean ready =
                lines.size() > STATUS_LINE && lines.get(STATUS_LINE).strip().equals("ready");
        // A standalone backend writes its pid as a negative number.
        return Optional.of(
                new PostmasterFile(Math.abs(Long.parseLong(lines.get(0).strip())), shared, ready));
    }

    /** The process, if one with this pid is alive. */
    Optional<ProcessHandle> process() {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    }

    /** A killed server leaves a few bytes of System V shared memory, which no folder's removal takes away. */
    void releaseSharedMemory() {
        if (sharedMemoryId.isPresent()) {
            SystemPath.find("ipcrm")
                    .ifPresent(tool -> ShortCommand.run(List.of(tool.toString(), "-m", sharedMemoryId.get())));
        }
    }
}
