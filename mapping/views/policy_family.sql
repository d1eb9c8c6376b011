-- The families of assets (see asset) that Azure Policy assignments are looked at for. whole: 1 when
-- policy_builtin holds every built-in definition about the family. provider and other are texts that
-- stand in the rule of any definition about it, in lower case.
SELECT column1 AS family, column2 AS whole, column3 AS provider, column4 AS other
  FROM (VALUES
 ('ai', 1, 'microsoft.cognitiveservices', 'microsoft.cognitiveservices'),
 ('vault', 0, 'microsoft.keyvault', 'microsoft.keyvault'),
 ('storage', 0, 'microsoft.storage/', 'microsoft.storage/'),
 ('classic', 0, 'microsoft.classicstorage', 'microsoft.classicstorage'),
 ('monitor', 0, 'microsoft.operationalinsights', 'microsoft.insights'),
 ('search', 0, 'microsoft.search/', 'microsoft.search/'),
 ('ml', 0, 'microsoft.machinelearningservices', 'microsoft.machinelearningservices'),
 ('registry', 0, 'microsoft.machinelearningservices', 'microsoft.machinelearningservices'),
 ('network', 0, 'microsoft.network/', 'microsoft.network/'),
 ('nsg', 0, 'microsoft.network/', 'microsoft.network/'),
 ('netpart', 0, 'microsoft.network/', 'microsoft.network/'),
 ('perimeter', 0, 'microsoft.network/', 'microsoft.network/'),
 ('link', 0, 'microsoft.network/', 'microsoft.network/'))
