package localcdc.common.http;

import java.io.IOException;

/** Answers the requests of one route. Called on the server's threads, several at once. */
@FunctionalInterface
public interface RouteHandler {

    /**
     * Answers by one of {@link Exchange}'s methods, once.
     *
     * @throws HttpProblem to answer with an error's status and sentence
     * @throws IOException when the client has gone
     */
    void handle(Exchange exchange) throws IOException;
}
