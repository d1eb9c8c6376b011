-- The tenants that a snapshot shows: those of its subscriptions, and those of the managed
-- identities of its accounts.
SELECT tenant, snapshot_id FROM subscription WHERE tenant IS NOT NULL
UNION
SELECT identity_tenant, snapshot_id FROM account WHERE identity_tenant IS NOT NULL
