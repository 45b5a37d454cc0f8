/** A topic's records, as bytes, to change events: the project's own format by a scanner, everything else by reading JSON. */
package localcdc.core.decode;
