package localcdc.kafka;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The properties of the Kafka clients that a user gives: which of them are secrets, which are not the user's to set, and how
 * they are read from a file. Stateless.
 */
final class ClientProperties {

    static final String BOOTSTRAP = "bootstrap.servers";

    /** Properties that a user may not set: what the map is rests on them. */
    static final Set<String> OWNED = Set.of(
            BOOTSTRAP,
            "group.id",
            "group.protocol",
            "enable.auto.commit",
            "auto.offset.reset",
            "isolation.level",
            "key.deserializer",
            "value.deserializer");

    private static final List<String> SECRET = List.of("password", "passphrase", "secret", "jaas", "keystore.key");

    /** A name, and its value in double quotes or without. */
    private static final Pattern ASSIGNED = Pattern.compile("(\\w+)\\s*=\\s*(?:\"([^\"]*)\"|([^\"\\s;]+))");

    private ClientProperties() {}

    /** Whether a property's value may be shown to nobody. */
    static boolean isSecret(String key) {
        var lower = key.toLowerCase(Locale.ROOT);
        return SECRET.stream().anyMatch(lower::contains);
    }

    /** Why a property may not be set, as a sentence's end. */
    static String owned(String key) {
        if (key.toLowerCase(Locale.ROOT).equals(BOOTSTRAP)) {
            return " cannot be set: --bootstrap-servers is its flag.";
        }
        return " cannot be set: what the map is rests on it"
                + (key.toLowerCase(Locale.ROOT).startsWith("group") ? "; use --group and --group-protocol." : ".");
    }

    /**
     * Reads a file of properties.
     *
     * @throws IOException when it cannot be read; its message says why, as a sentence's end
     */
    static Map<String, String> read(Path file) throws IOException {
        var properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            throw new IOException("it does not exist", e);
        } catch (AccessDeniedException e) {
            throw new IOException("this user may not read it", e);
        } catch (CharacterCodingException e) {
            throw new IOException("it is not UTF-8", e);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
        var all = new LinkedHashMap<String, String>();
        properties.stringPropertyNames().stream().sorted().forEach(name -> all.put(name, properties.getProperty(name)));
        return all;
    }

    /** The text without any secret that is among the properties, whoever wrote it: an exception may quote its setting. */
    static String withoutSecrets(String text, Map<String, String> properties) {
        var masked = text;
        for (var entry : properties.entrySet()) {
            if (isSecret(entry.getKey())) {
                for (var secret : secrets(entry.getValue())) {
                    masked = masked.replace(secret, "********");
                }
            }
        }
        return masked;
    }

    /** The value, and what a JAAS line assigns inside of it. */
    private static List<String> secrets(String value) {
        var all = new ArrayList<String>();
        if (!value.isBlank()) {
            all.add(value);
        }
        var assigned = ASSIGNED.matcher(value);
        while (assigned.find()) {
            var inner = assigned.group(2) != null ? assigned.group(2) : assigned.group(3);
            // A shorter one is a word such as true, and would blot out half a sentence.
            if (!assigned.group(1).equals("username") && inner.length() > 4) {
                all.add(inner);
            }
        }
        return all;
    }
}
