package localcdc.common.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears SIGINT, SIGTERM and SIGHUP: the first asks the program to finish the batch in hand and to leave with exit code
 * 0, the second ends the process at once with 128 + the signal's number, as a shell would name it.
 *
 * <p>A shutdown hook could do neither: once hooks run, the exit code is the signal's, and a second signal is not heard.
 * So the signals are taken over with {@code sun.misc.Signal}, which the JDK keeps open for this use (JEP 260). It is
 * called by reflection, since the compiler's warning about it cannot be switched off. Where it is missing, or where the
 * JVM runs with {@code -Xrs}, signals end the process in the JVM's own way.
 *
 * <p>One for each process. Any thread may ask.
 */
public final class StopSignal implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StopSignal.class);
    private static final List<String> NAMES = List.of("INT", "TERM", "HUP");

    private final CompletableFuture<String> first = new CompletableFuture<>();
    private final AtomicReference<String> heard = new AtomicReference<>();
    private final List<Runnable> undo = new ArrayList<>();

    private StopSignal() {}

    /** Begins to listen. The caller closes it. */
    public static StopSignal listen() {
        var listening = new StopSignal();
        for (var name : NAMES) {
            listening.take(name);
        }
        return listening;
    }

    /** One that hears no signal but {@link #request}; for programs that run several pipelines, and for tests. */
    public static StopSignal manual() {
        return new StopSignal();
    }

    /** Asks the program to stop, as the first signal does. */
    public void request(String why) {
        if (heard.compareAndSet(null, why)) {
            first.complete(why);
        }
    }

    /** Completes, with the signal's name, when the program is asked to stop. */
    public CompletableFuture<String> requested() {
        return first.copy();
    }

    public boolean isRequested() {
        return heard.get() != null;
    }

    private void take(String name) {
        try {
            var signalType = Class.forName("sun.misc.Signal");
            var handlerType = Class.forName("sun.misc.SignalHandler");
            var signal = signalType.getConstructor(String.class).newInstance(name);
            int number = (int) signalType.getMethod("getNumber").invoke(signal);
            var handler = Proxy.newProxyInstance(
                    StopSignal.class.getClassLoader(), new Class<?>[] {handlerType}, (proxy, method, arguments) -> {
                        switch (method.getName()) {
                            case "handle" -> heard("SIG" + name, number);
                            case "hashCode" -> {
                                return System.identityHashCode(proxy);
                            }
                            case "equals" -> {
                                return proxy == arguments[0];
                            }
                            default -> {
                                return "StopSignal";
                            }
                        }
                        return null;
                    });
            var handle = signalType.getMethod("handle", signalType, handlerType);
            var before = handle.invoke(null, signal, handler);
            undo.add(() -> {
                try {
                    handle.invoke(null, signal, before);
                } catch (ReflectiveOperationException e) {
                    LOG.debug("SIG{} keeps its handler", name, e);
                }
            });
        } catch (InvocationTargetException e) {
            // No such signal on this system, or the JVM keeps it (-Xrs).
            LOG.debug("SIG{} cannot be taken over", name, e);
        } catch (ReflectiveOperationException e) {
            LOG.debug("this JVM has no sun.misc.Signal", e);
        }
    }

    private void heard(String name, int number) {
        if (heard.compareAndSet(null, name)) {
            LOG.info("{}: finishing the batch in hand; once more to stop at once", name);
            first.complete(name);
        } else {
            Runtime.getRuntime().halt(128 + number);
        }
    }

    /** Gives the signals back to whoever had them. */
    @Override
    public void close() {
        undo.forEach(Runnable::run);
        undo.clear();
    }
}
