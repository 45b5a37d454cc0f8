-- One round of the sample workload: new, changed and deleted rows in every table of inventory. Plain SQL, one transaction.
-- The script `workload` repeats it. The tables stay small: with each new row an old one of the workload goes, and no other.

DO $$
DECLARE
    new_customer int;
    new_order bigint;
    smallest bigint;
    largest bigint;
    chosen bigint;
BEGIN
    INSERT INTO inventory.customers (first_name, last_name, email, balance, updated_at, profile)
    SELECT 'Guest', 'No ' || n, 'guest' || n || '@example.com', 0, clock_timestamp(), jsonb_build_object('visits', 1)
    FROM (SELECT (random() * 100000)::int) AS guest (n)
    ON CONFLICT DO NOTHING -- somebody has taken the number by hand: go on with the next one
    RETURNING id INTO new_customer;

    IF new_customer IS NULL THEN
        RETURN;
    END IF;

    SELECT min(id), max(id) INTO smallest, largest FROM inventory.customers;
    FOR n IN 1..3 LOOP
        chosen := smallest + floor(random() * (largest - smallest + 1))::bigint;
        UPDATE inventory.customers
        SET balance = coalesce(balance, 0) + round((random() * 20 - 8)::numeric, 2),
            updated_at = clock_timestamp(),
            profile = coalesce(profile, '{}') || jsonb_build_object('lastSeen', clock_timestamp())
        WHERE id = (
            SELECT id FROM inventory.customers
            WHERE id >= chosen
            ORDER BY id LIMIT 1);
    END LOOP;

    INSERT INTO inventory.orders (customer_id) VALUES (new_customer)
    ON CONFLICT DO NOTHING
    RETURNING id INTO new_order;
    IF new_order IS NULL THEN
        RETURN;
    END IF;

    INSERT INTO inventory.order_items (order_id, line, product_id, quantity, price)
    SELECT new_order, row_number() OVER (), picked.id, 1 + (random() * 3)::int, picked.price
    FROM (SELECT id, price FROM inventory.products ORDER BY random() LIMIT 2) AS picked;

    UPDATE inventory.products
    SET quantity = greatest(quantity - 1, 0)
    WHERE id IN (SELECT product_id FROM inventory.order_items WHERE order_id = new_order);

    UPDATE inventory.orders
    SET status = CASE status WHEN 'new' THEN 'paid' ELSE 'shipped' END
    WHERE id IN (SELECT id FROM inventory.orders WHERE status IN ('new', 'paid') ORDER BY id DESC OFFSET 3 LIMIT 1);

    DELETE FROM inventory.orders WHERE id = new_order - 200 AND id >= 10004;
    DELETE FROM inventory.customers WHERE id = new_customer - 200 AND email LIKE 'guest%@example.com';
END
$$;
