-- A small case for the report tests: two snapshots, three services, every status, and names that
-- a hostile tenant could choose. The real pipeline makes cases like it; here every number is known.

INSERT INTO snapshot(id, label, collected_at, imported_at, tool_version, az_version) VALUES
 (1, '2026-10', '2026-10-31T18:00:00Z', '2026-11-02T08:00:00Z', '0.1.0', '2.45.0'),
 (2, '2026-11', NULL, '2026-11-20T09:30:00Z', '0.1.0', NULL);

INSERT INTO content VALUES
 (1, unhex32(1), 48211), (2, unhex32(2), 1820), (3, unhex32(3), 512),
 (4, unhex32(4), 47118), (5, unhex32(5), 0), (6, unhex32(6), 2219), (7, unhex32(7), 99);

INSERT INTO evidence(id, snapshot_id, content_id, path, member, kind, encoding, shape,
    completeness, records, reason) VALUES
 (1, 1, 1, 'exports/oct/cognitive accounts.json', 'exports/oct/cognitive%20accounts.json',
  'cognitive-account', 'utf-8', 'array', 'unstated', 5, NULL),
 (2, 1, 2, 'exports/oct/diag.json', 'exports/oct/diag.json', 'diagnostic-setting', 'utf-8-bom',
  'page', 'partial', 2, 'the page names a next page that is not in the case'),
 (3, 1, 3, 'exports/oct/resources.json', 'exports/oct/resources.json', 'mixed', 'utf-16le',
  'array', 'summary', 3, 'az resource list has no properties'),
 (4, 2, 4, 'exports/nov/accounts.json', 'exports/nov/accounts.json', 'cognitive-account', 'utf-8',
  'array', 'whole', 3, NULL),
 (5, 2, 5, '=cmd|'' /C calc''!A0.json', 'cmd.json', 'empty', 'utf-8', 'none', 'failed', 0,
  'the file is empty'),
 (6, 2, 6, 'exports/nov/vaults.json', 'exports/nov/vaults.json', 'key-vault', 'utf-8', 'array',
  'unstated', 1, NULL),
 (7, 2, 7, 'notes "final", v2.docx', 'notes.docx', 'unrecognised', 'binary', 'none',
  'unrecognised', 0, 'not JSON');

-- Accounts 1 to 5 in October, 6 to 8 in November; 9 is a vault, 10 and 11 are diagnostic settings,
-- 12 to 14 are summaries.
INSERT INTO record(id, evidence_id, kind, subject, id_given, type, name, scope, parent,
    complete, normalised, pointer, start, length, body)
SELECT n, CASE WHEN n <= 5 THEN 1 ELSE 4 END, 'cognitive-account', lower(id), id,
       'microsoft.cognitiveservices/accounts', name, NULL, NULL, 1, 0, '/' || ((n - 1) % 5),
       2 + 900 * ((n - 1) % 5), 880,
       json_object('id', id, 'kind', 'OpenAI', 'name', name,
                   'identity', json_object('tenantId', '99455dbc-53f4-e37b-88c3-d8829e622c62'),
                   'properties', json(CASE n % 3
          WHEN 0 THEN '{"publicNetworkAccess":"Enabled","disableLocalAuth":null}'
          WHEN 1 THEN '{"publicNetworkAccess":"Disabled","disableLocalAuth":true,"networkAcls":{"defaultAction":"Deny","ipRules":[]}}'
          ELSE '{"networkAcls":{"defaultAction":"Allow","ipRules":[{"value":"200.0.0.1"}]}}' END))
  FROM (SELECT n, name, '/subscriptions/' || sub || '/resourceGroups/RG-' || n
               || '/providers/Microsoft.CognitiveServices/accounts/' || name AS id
          FROM (SELECT column1 AS n, column2 AS sub, column3 AS name FROM (VALUES
 (1, '11111111-1111-4111-8111-111111111111', 'contoso-openai-prod'),
 (2, '11111111-1111-4111-8111-111111111111', 'contoso-openai-dev'),
 (3, '22222222-2222-4222-8222-222222222222', 'evil</script><img src=x onerror=alert(1)>'),
 (4, '22222222-2222-4222-8222-222222222222',
  'bidi-' || char(0x202e) || 'gpj.exe' || char(0x1f600) || '-' || char(0x65e5, 0x672c)),
 (5, '22222222-2222-4222-8222-222222222222',
  'unbreakable' || replace(hex(zeroblob(110)), '0', 'x')),
 (6, '11111111-1111-4111-8111-111111111111', 'contoso-openai-prod'),
 (7, '11111111-1111-4111-8111-111111111111', 'contoso-openai-dev'),
 (8, '22222222-2222-4222-8222-222222222222', 'größe-αβγ-жук'))));
INSERT INTO record(id, evidence_id, kind, subject, id_given, type, name, scope, parent,
    complete, normalised, pointer, start, length, body) VALUES
 (9, 6, 'key-vault',
  '/subscriptions/11111111-1111-4111-8111-111111111111/resourcegroups/rg-1/providers/microsoft.keyvault/vaults/kv-contoso',
  '/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/RG-1/providers/Microsoft.KeyVault/vaults/kv-contoso',
  'microsoft.keyvault/vaults', 'kv-contoso', NULL, NULL, 1, 1, '/0', 4, 2210,
  '{"name":"kv-contoso","properties":{"enablePurgeProtection":true,"softDeleteRetentionInDays":90.50,"tenantId":"99455dbc-53f4-e37b-88c3-d8829e622c62"}}');
INSERT INTO record(id, evidence_id, kind, subject, id_given, type, name, scope, parent,
    complete, normalised, pointer, start, length, body)
SELECT 9 + column1, 2, 'diagnostic-setting', lower(column2), column2,
       'microsoft.insights/diagnosticsettings', 'send-all',
       substr(lower(column2), 1, instr(lower(column2), '/providers/microsoft.insights') - 1),
       NULL, 1, 1, '/value/' || (column1 - 1), 30 * column1, 700,
       '{"name":"send-all","properties":{"logs":[{"category":"Audit","enabled":true}]}}'
  FROM (VALUES
 (1, '/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/RG-1/providers/Microsoft.CognitiveServices/accounts/contoso-openai-prod/providers/microsoft.insights/diagnosticSettings/send-all'),
 (2, '/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/RG-2/providers/Microsoft.CognitiveServices/accounts/contoso-openai-dev/providers/microsoft.insights/diagnosticSettings/send-all'));
INSERT INTO record(id, evidence_id, kind, subject, id_given, type, name, scope, parent,
    complete, normalised, pointer, start, length, body)
SELECT 11 + column1, 3, column2, lower(column3), column3, column4, 'summary-' || column1, NULL, NULL,
       0, 0, '/' || (column1 - 1), 10 * column1, 400, '{"name":"summary"}'
  FROM (VALUES
 (1, 'storage-account', '/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/RG-1/providers/Microsoft.Storage/storageAccounts/contosost1', 'microsoft.storage/storageaccounts'),
 (2, 'resource', '/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/RG-1/providers/Microsoft.Web/sites/contoso-app', 'microsoft.web/sites'),
 (3, 'resource', '/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/RG-9/providers/Microsoft.Web/sites/contoso-api', 'microsoft.web/sites'));
INSERT INTO subject
SELECT e.snapshot_id, r.subject, r.id, r.kind, r.complete
  FROM record r JOIN evidence e ON e.id = r.evidence_id;

INSERT INTO mapping VALUES (1, unhex32(77), 'built-in');
INSERT INTO benchmark(id, mapping_id, slug, title, source, source_date) VALUES (1, 1, 'mcsb-v1', 'Microsoft cloud security benchmark v1',
                              'https://learn.microsoft.com/security/benchmark/azure/', '2023-03-20');
INSERT INTO control
SELECT column1, 1, column1, column2, column3, column4, NULL FROM (VALUES
 (1, 'NS-1', 'Network security', 'Establish network segmentation boundaries'),
 (2, 'NS-2', 'Network security', 'Secure cloud native services with network controls'),
 (3, 'IM-1', 'Identity management', 'Use centralized identity and authentication system'),
 (4, 'IM-3', 'Identity management', 'Manage application identities securely and automatically'),
 (5, 'PA-7', 'Privileged access', 'Follow just enough administration (least privilege) principle'),
 (6, 'DP-3', 'Data protection', 'Encrypt sensitive data in transit'),
 (7, 'DP-5', 'Data protection', 'Use customer-managed key option in data at rest encryption when required'),
 (8, 'LT-3', 'Logging and threat detection', 'Enable logging for security investigation'),
 (9, 'BR-1', 'Backup and recovery', 'Ensure regular automated backups'),
 (10, 'IR-1', 'Incident response', 'Preparation: update incident response plan and handling process'));
INSERT INTO service VALUES
 (1, 1, 'azure-openai', 'Azure OpenAI', 'https://learn.microsoft.com/security/benchmark/azure/baselines/azure-openai-security-baseline', '2024-09-16', '{}', 'SELECT 1'),
 (2, 1, 'key-vault', 'Key Vault', 'https://learn.microsoft.com/security/benchmark/azure/baselines/key-vault-security-baseline', '2024-06-11', '{}', 'SELECT 1');
INSERT INTO rule VALUES
 (1, 1, 'ns2-public-network-access', '1.0.0', 'Public network access is disabled', 'high',
  'properties.publicNetworkAccess and properties.networkAcls.defaultAction', 'Absent means Enabled: the service''s default.',
  '["/properties/publicNetworkAccess","/properties/networkAcls/defaultAction"]', 'SELECT 1', 'rules/ns2-public-network-access.sql'),
 (2, 1, 'im1-local-authentication', '1.0.0', 'Local authentication is disabled', 'medium',
  'properties.disableLocalAuth', 'Absent or null means that keys work.',
  '["/properties/disableLocalAuth"]', 'SELECT 1', 'rules/im1-local-authentication.sql'),
 (3, 1, 'lt3-resource-logs', '1.0.0', 'Resource logs are sent somewhere', NULL,
  'a diagnostic setting with an enabled log category', 'No setting in a whole list: fail.',
  '[]', 'SELECT 1', 'rules/lt3-resource-logs.sql'),
 (4, 1, 'kv-purge-protection', '1.0.0', 'Purge protection is on', 'medium',
  'properties.enablePurgeProtection', 'Absent means off.',
  '["/properties/enablePurgeProtection","/properties/softDeleteRetentionInDays"]', 'SELECT 1', 'rules/kv-purge-protection.sql');
INSERT INTO feature VALUES
 (1, 1, 1, 'Virtual Network Integration', 1, 'NS-1', 'false', 'notapplicable', 4, NULL, NULL),
 (2, 1, 2, 'Disable Public Network Access', 2, 'NS-2', 'true', 'false', 1, 1, NULL),
 (3, 1, 3, 'Azure AD Authentication Required for Data Plane Access', 3, 'IM-1', 'true', 'true', 2, NULL, NULL),
 (4, 1, 4, 'Local Authentication Methods for Data Plane Access', 3, 'IM-1', 'true', 'true', 1, 2, NULL),
 (5, 1, 5, 'Service Principals', 4, 'IM-3', 'true', 'false', 1, NULL,
  'Look at how applications sign in: an application that runs outside Azure should use a service principal with a certificate, and one that runs inside a managed identity.'),
 (6, 1, 6, 'Data in Transit Encryption', 6, 'DP-3', 'true', 'true', 2, NULL, NULL),
 (7, 1, 7, 'Data at Rest Encryption Using CMK', 7, 'DP-5', 'true', 'false', 3, NULL,
  'Decide whether the data needs a customer-managed key, and look at the account''s encryption.'),
 (8, 1, 8, 'Azure Resource Logs', 8, 'LT-4', 'true', 'false', 1, 3, NULL),
 (9, 2, 1, 'Purge Protection', 9, 'BR-1', 'true', 'false', 1, 4, NULL),
 (10, 2, 2, 'Azure RBAC for Data Plane', 5, 'PA-7', 'true', 'false', 1, NULL, 'Look at the vault''s access model.');
INSERT INTO need VALUES
 (1, 1, 'diagnostic-setting', 'the diagnostic settings of the account',
  'az monitor diagnostic-settings list --resource {id} -o json'),
 (2, 1, 'cognitive-account', 'the account with its properties',
  'az cognitiveservices account show --name {name} --resource-group {group} --subscription {subscription} -o json');

INSERT INTO run(id, mapping_id, evaluated_at, tool_version, evidence) VALUES (1, 1, '2026-11-01T00:00:00Z', '0.1.0', 3), (2, 1, '2026-11-22T08:00:00Z', '0.1.0', 7);
-- An old run that no report may show.
INSERT INTO test(id, run_id, feature_id, rule_id, source, reason) VALUES (1, 1, 2, 1, 'rule', 'OLD RUN');
INSERT INTO finding(test_id, record_id, status, reason) VALUES (1, 1, 2, 'OLD RUN');
INSERT INTO test(id, run_id, feature_id, rule_id, source, reason)
SELECT 10 + fe.id, 2, fe.id, fe.rule_id, CASE WHEN fe.rule_id IS NULL THEN 'baseline' ELSE 'rule' END,
       CASE WHEN fe.supported = 'false' THEN 'The published baseline of ' || s.source_date || ' says that the service does not support this feature.'
            WHEN fe.responsibility = 2 THEN 'Microsoft''s responsibility by the published baseline of ' || s.source_date || '.'
            WHEN fe.rule_id IS NULL THEN coalesce(fe.guidance, '') END
  FROM feature fe JOIN service s ON s.id = fe.service_id;
-- Accounts: by feature.
INSERT INTO finding(test_id, record_id, status, reason, need, evidence)
SELECT 10 + fe.id, r.id,
       CASE fe.id WHEN 1 THEN 4 WHEN 3 THEN 3 WHEN 6 THEN 3 WHEN 5 THEN 5 WHEN 7 THEN 5
            WHEN 8 THEN CASE WHEN r.id <= 2 THEN 1 WHEN r.id = 5 THEN 8 WHEN r.id = 8 THEN 7 ELSE 6 END
            WHEN 2 THEN CASE r.id % 3 WHEN 1 THEN 1 ELSE 2 END
            ELSE CASE r.id % 3 WHEN 1 THEN 1 ELSE 2 END END,
       CASE fe.id WHEN 2 THEN CASE r.id % 3 WHEN 1 THEN 'Public network access is disabled.' WHEN 2 THEN 'publicNetworkAccess is absent: the service''s default is Enabled.' ELSE 'Public network access is Enabled.' END
            WHEN 4 THEN CASE r.id % 3 WHEN 1 THEN 'Local authentication is disabled.' ELSE 'disableLocalAuth is not true: keys work.' END
            WHEN 8 THEN CASE WHEN r.id <= 2 THEN 'A diagnostic setting sends the audit log.' WHEN r.id = 5 THEN 'The rule failed: too many steps.' WHEN r.id = 8 THEN 'Accepted until 2027-01-31 by the risk board.' ELSE 'No diagnostic settings of this account were collected.' END END,
       CASE WHEN fe.id = 8 AND r.id > 2 AND r.id NOT IN (5, 8) THEN 'diagnostic-setting' END,
       CASE WHEN fe.id = 8 AND r.id = 1 THEN '[10,{"record":10,"pointer":"/properties/logs/0/enabled","value":true}]'
            WHEN fe.id = 8 AND r.id = 2 THEN '[{"record":11,"pointer":"/properties/logs/0/category"}]' END
  FROM feature fe JOIN record r ON r.kind = 'cognitive-account' WHERE fe.service_id = 1;
INSERT INTO finding(test_id, record_id, status, reason, need, evidence) VALUES
 (19, 9, 1, 'Purge protection is on.', NULL, NULL),
 (20, 9, 5, NULL, NULL, NULL);
