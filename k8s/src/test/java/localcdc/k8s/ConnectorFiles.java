package localcdc.k8s;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** The connector's configuration in the ConfigMap, read as the registrar reads it. */
final class ConnectorFiles {
    private static final String FIRST = "connector.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private ConnectorFiles() {}

    /** {@code connector.json}, and over it the other files in the order of the alphabet. */
    static Map<String, String> merged(V1ConfigMap files) {
        Map<String, String> settings =
                new LinkedHashMap<>(settings(files.getData().get(FIRST)));
        new TreeMap<>(files.getData()).forEach((name, text) -> {
            if (!name.equals(FIRST)) {
                settings.putAll(settings(text));
            }
        });
        return settings;
    }

    private static Map<String, String> settings(String json) {
        try {
            return JSON.readValue(json, new TypeReference<>() {});
        } catch (JsonProcessingException broken) {
            throw new IllegalArgumentException("no flat JSON: " + json, broken);
        }
    }
}
