/** What Kafka Connect and the embedded engine load: every column's canonical JSON, and the records that carry it to Kafka. */
package localcdc.connect;
