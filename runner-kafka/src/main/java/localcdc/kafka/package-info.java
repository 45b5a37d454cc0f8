/** The path through a Kafka topic: a consumer that fills the map from the beginning and follows. */
package localcdc.kafka;
