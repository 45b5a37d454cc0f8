-- The publication of the sample tables. Plain SQL, for psql and for JDBC; needs a superuser or the tables' owner.
-- Tables are named one by one, each with a primary key: in a publication, a table without one refuses its own UPDATEs.
-- publish_via_partition_root: a partitioned table arrives under its own name, not as its partitions.
-- A publication of this name that is there already is brought to exactly this list.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_publication WHERE pubname = 'localcdc_inventory') THEN
        CREATE PUBLICATION localcdc_inventory;
    END IF;
END
$$;

ALTER PUBLICATION localcdc_inventory SET TABLE
    inventory.customers,
    inventory.products,
    inventory.orders,
    inventory.order_items,
    public.sample_table;

ALTER PUBLICATION localcdc_inventory
    SET (publish = 'insert, update, delete, truncate', publish_via_partition_root = true);
