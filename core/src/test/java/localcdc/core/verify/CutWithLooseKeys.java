package localcdc.core.verify;

import java.util.List;
import java.util.Map;
import java.util.Set;
import localcdc.core.value.NumberRule;

/** A cut of a database for which every key that is asked for is some row's key. */
record CutWithLooseKeys(PostgresCut cut) implements PostgresCut {

    @Override
    public String snapshot() {
        return cut.snapshot();
    }

    @Override
    public List<String> keyColumns() {
        return cut.keyColumns();
    }

    @Override
    public Map<String, NumberRule> numberRules() {
        return cut.numberRules();
    }

    @Override
    public void scan(BatchHandler handler) throws UndecidedException {
        cut.scan(handler);
    }

    @Override
    public void lookUp(List<String> keys, BatchHandler handler) throws UndecidedException {
        cut.lookUp(keys, handler);
    }

    @Override
    public Set<String> existing(List<String> keys) {
        return Set.copyOf(keys);
    }

    @Override
    public void close() {
        cut.close();
    }
}
