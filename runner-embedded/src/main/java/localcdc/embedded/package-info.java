/** The embedded path: Postgres -> Debezium engine in this JVM -> HashMap. */
package localcdc.embedded;
