package localcdc.embedded.server;

/**
 * What brings a table's changes here.
 *
 * @param engine what streams them
 * @param storedGenerated whether the server sends stored generated columns
 */
record Carrier(Engine engine, boolean storedGenerated) {}
