/** What Kafka Connect and the embedded engine load: the converter that makes every column's canonical JSON. */
package localcdc.connect;
