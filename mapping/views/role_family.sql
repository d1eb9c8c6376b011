-- The families of assets (see asset) whose data plane roles are looked at for. A data-plane role of ai,
-- search and storage has data actions of the provider. Machine Learning's data plane is reached by actions:
-- its data-plane roles have one of use_deeds and none of broad_deeds, because Owner and Contributor
-- have them all. broad_deeds are what manages the resource, gives its keys away, or says who has
-- access. All in lower case; deeds are JSON arrays.
SELECT column1 AS family, column2 AS provider, column3 AS use_deeds, column4 AS broad_deeds
  FROM (VALUES
 ('ai', 'microsoft.cognitiveservices/accounts', '[]',
  '["microsoft.cognitiveservices/accounts/write", "microsoft.cognitiveservices/accounts/listkeys/action",
    "microsoft.cognitiveservices/accounts/regeneratekey/action", "microsoft.authorization/roleassignments/write"]'),
 ('search', 'microsoft.search/searchservices', '[]',
  '["microsoft.search/searchservices/write", "microsoft.search/searchservices/listadminkeys/action",
    "microsoft.search/searchservices/regenerateadminkey/action", "microsoft.authorization/roleassignments/write"]'),
 ('storage', 'microsoft.storage/storageaccounts', '[]',
  '["microsoft.storage/storageaccounts/write", "microsoft.storage/storageaccounts/listkeys/action",
    "microsoft.storage/storageaccounts/regeneratekey/action", "microsoft.storage/storageaccounts/listaccountsas/action",
    "microsoft.storage/storageaccounts/listservicesas/action", "microsoft.authorization/roleassignments/write"]'),
 ('ml', 'microsoft.machinelearningservices/workspaces',
  '["microsoft.machinelearningservices/workspaces/jobs/write",
    "microsoft.machinelearningservices/workspaces/experiments/runs/submit/action",
    "microsoft.machinelearningservices/workspaces/onlineendpoints/score/action"]',
  '["microsoft.machinelearningservices/workspaces/write", "microsoft.machinelearningservices/workspaces/listkeys/action",
    "microsoft.authorization/roleassignments/write"]'))
