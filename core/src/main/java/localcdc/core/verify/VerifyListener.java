package localcdc.core.verify;

import localcdc.core.event.TableId;

/** Hears how far a verification has come; called by the thread that verifies, which waits meanwhile. */
public interface VerifyListener {

    /** Hears nothing. */
    VerifyListener NONE = new VerifyListener() {
        @Override
        public void compared(TableId table, long rows) {}

        @Override
        public void lookedAgain(TableId table, long open) {}
    };

    /** So many further rows of a table were read and compared; where a table is read anew, what had counted is taken back by a
     * negative number. */
    void compared(TableId table, long rows);

    /** So many rows of a table were not the same and wait for another look. */
    void lookedAgain(TableId table, long open);
}
