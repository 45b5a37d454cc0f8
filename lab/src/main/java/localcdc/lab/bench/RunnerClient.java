package localcdc.lab.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Asks a runner's status server, as its page does. Any thread. */
final class RunnerClient {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI runner;

    /** @param url where the runner's page is */
    RunnerClient(String url) {
        this.runner = URI.create(url);
    }

    /** @throws IOException also when the answer is not 200, or does not begin in 20 s */
    <T> T get(String path, HttpResponse.BodyHandler<T> handler) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(runner.resolve(path)).timeout(PATIENCE).build();
        var answer = client.send(request, handler);
        if (answer.statusCode() != 200) {
            throw new IOException(path + " was answered with " + answer.statusCode());
        }
        return answer.body();
    }
}
