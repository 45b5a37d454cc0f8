package localcdc.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The user that a server runs as when this JVM is root, because Postgres refuses to run as root.
 *
 * @param name the user's name
 * @param uid the user's number
 * @param gid the number of the user's main group
 * @param prefix the words in front of a command that make it run as this user
 */
public record Account(String name, String uid, String gid, List<String> prefix) {
    private static final List<String> CANDIDATES = List.of("nobody", "daemon");

    public Account {
        prefix = List.copyOf(prefix);
    }

    /** Whether this JVM runs as root. */
    public static boolean isRoot() {
        return ShortCommand.run(List.of("id", "-u")).output().equals("0");
    }

    /**
     * The account for servers: none for a normal user, who runs them directly; for root an unprivileged user.
     * It needs no new namespace, so it works in a container with the default seccomp profile too.
     *
     * @throws StackException root has no way to run a command as another user
     */
    public static Optional<Account> forServers() {
        if (!isRoot()) {
            return Optional.empty();
        }
        List<String> tried = new ArrayList<>();
        for (String user : CANDIDATES) {
            ShortCommand uid = ShortCommand.run(List.of("id", "-u", user));
            ShortCommand gid = ShortCommand.run(List.of("id", "-g", user));
            if (!uid.succeeded() || !gid.succeeded()) {
                tried.add("no user '" + user + "'");
                continue;
            }
            for (Account account : waysToBecome(user, uid.output(), gid.output())) {
                ShortCommand probe = ShortCommand.run(account.command(List.of("id", "-u")));
                if (probe.succeeded() && probe.output().equals(account.uid())) {
                    return Optional.of(account);
                }
                tried.add(String.join(" ", account.prefix()) + ": " + probe.output());
            }
        }
        throw new StackException(
                "This is root, Postgres refuses to run as root, and no command runs it as another user ("
                        + String.join("; ", tried) + ").",
                "Start as a normal user, or install setpriv or runuser (package util-linux).");
    }

    /** Every known way to run a command as this user, the one without a process in between first. */
    static List<Account> waysToBecome(String user, String uid, String gid) {
        List<Account> ways = new ArrayList<>();
        SystemPath.find("setpriv")
                .ifPresent(tool -> ways.add(new Account(
                        user,
                        uid,
                        gid,
                        List.of(tool.toString(), "--reuid=" + uid, "--regid=" + gid, "--clear-groups"))));
        SystemPath.find("runuser")
                .ifPresent(tool -> ways.add(new Account(user, uid, gid, List.of(tool.toString(), "-u", user, "--"))));
        return ways;
    }

    /** The command as this user. */
    List<String> command(List<String> command) {
        List<String> words = new ArrayList<>(prefix);
        words.addAll(command);
        return words;
    }

    /** Makes this user the owner of one file or folder. */
    void own(Path path) throws IOException {
        UserPrincipalLookupService users = path.getFileSystem().getUserPrincipalLookupService();
        PosixFileAttributeView view =
                Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        view.setOwner(users.lookupPrincipalByName(uid));
        view.setGroup(users.lookupPrincipalByGroupName(gid));
    }

    /** Says so if this user cannot go into the folder, most often because a folder above it is closed to others. */
    void requireEntry(Path folder) {
        ShortCommand entry =
                ShortCommand.run(command(List.of("/bin/sh", "-c", "cd -- \"$1\"", "sh", folder.toString())));
        if (!entry.succeeded()) {
            throw new StackException(
                    "The server runs as user '" + name + "', who cannot enter " + folder + " (" + entry.output() + ").",
                    "Choose a folder that every user can reach, for example with -Djava.io.tmpdir=/tmp, or chmod o+x"
                            + " the folders above it.");
        }
    }
}
