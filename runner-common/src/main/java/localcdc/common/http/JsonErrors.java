package localcdc.common.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** What the server says to requests that are wrong before any route sees them: the same JSON as everywhere. */
final class JsonErrors extends ErrorHandler {

    @Override
    protected void generateResponse(
            Request request, Response response, int code, String message, Throwable cause, Callback callback) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        response.write(true, body(code, cause), callback);
    }

    private static ByteBuffer body(int code, Throwable cause) {
        // Of another exception the text would show classes of the program.
        var reason = cause instanceof HttpException http ? http.getReason() : null;
        var sentence = reason == null ? HttpStatus.getMessage(code) : reason;
        try {
            return ByteBuffer.wrap(Exchange.JSON.writeValueAsBytes(Map.of("error", sentence)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a text cannot fail to be JSON", e);
        }
    }
}
