package localcdc.kafka;

import localcdc.core.decode.RecordDecoder;
import org.apache.kafka.common.TopicPartition;

/**
 * One reading of one partition from its beginning. A partition that is read again gets another one, with another number:
 * the map knows entries by it. The reading thread writes, any thread asks.
 */
final class Stream {

    private final TopicPartition partition;
    private final int number;
    private final RecordDecoder decoder;
    private final boolean only;
    private final long begin;
    private volatile long target;
    private volatile long position;

    /**
     * @param number what entries of the map know this reading by
     * @param only whether the topic has no other partition
     * @param begin the partition's first offset
     * @param target its end when the reading began
     */
    Stream(TopicPartition partition, int number, RecordDecoder decoder, boolean only, long begin, long target) {
        this.partition = partition;
        this.number = number;
        this.decoder = decoder;
        this.only = only;
        this.begin = begin;
        this.target = target;
        this.position = begin;
    }

    TopicPartition partition() {
        return partition;
    }

    int number() {
        return number;
    }

    RecordDecoder decoder() {
        return decoder;
    }

    /** Whether the topic has no other partition, so that its records come in one order. */
    boolean isOnly() {
        return only;
    }

    long begin() {
        return begin;
    }

    /** Where the reading has caught up. */
    long target() {
        return target;
    }

    /** The next offset to be read. */
    long position() {
        return position;
    }

    void position(long next) {
        position = next;
    }

    /** After an interruption: the reading has caught up only at this later offset. */
    void target(long later) {
        target = later;
    }

    boolean isBehind() {
        return position < target;
    }

    /** Offsets still to be read until it has caught up; gaps count as if they were records. */
    long left() {
        return Math.max(0, target - position);
    }
}
