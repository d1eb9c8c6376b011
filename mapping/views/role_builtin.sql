-- Built-in roles that matter to the families of role_family, for snapshots without their definitions:
-- one row a role and family. data_plane and broad as in role_definition; known says them for ai, other
-- for the rest, where a role that is not named has neither. Facts from Microsoft's published
-- list of built-in roles (learn.microsoft.com/azure/role-based-access-control/built-in-roles), its
-- page on roles in Azure AI Foundry, and exported role definitions, 2026-11-22. An exported
-- definition goes before this table. A role that is in neither is not known, and whatever would
-- follow from its absence is unknown.
WITH known(role, name, data_plane, broad) AS (VALUES
 ('8e3af657-a8ff-443c-a75c-2fe8c4bcb635', 'Owner', 0, 1),
 ('b24988ac-6180-42a0-ab88-20f7382dd24c', 'Contributor', 0, 1),
 ('18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', 'User Access Administrator', 0, 1),
 ('f58310d9-a9f6-439a-9e8d-f62e7b41a168', 'Role Based Access Control Administrator', 0, 1),
 ('acdd72a7-3385-48ef-bd42-f606fba81ae7', 'Reader', 0, 0),
 ('25fbc0a9-bd7c-42a3-aa1a-3b75d497ee68', 'Cognitive Services Contributor', 0, 1),
 ('a97b65f3-24c7-4388-baec-2e87135dc908', 'Cognitive Services User', 1, 1),
 ('b59867f0-fa02-499b-be73-45a86b5b3e1c', 'Cognitive Services Data Reader', 1, 0),
 ('5e0bd9bd-7b93-4f28-af87-19fc36ad61bd', 'Cognitive Services OpenAI User', 1, 0),
 ('a001fd3d-188f-4b5d-821b-7da978bf7442', 'Cognitive Services OpenAI Contributor', 1, 0),
 ('9894cab4-e18a-44aa-828b-cb588cd6f2d7', 'Cognitive Services Face Recognizer', 1, 0),
 ('f2dc8367-1007-4938-bd23-fe263f013447', 'Cognitive Services Speech User', 1, 0),
 ('0e75ca1e-0464-4b4d-8b93-68208a576181', 'Cognitive Services Speech Contributor', 1, 0),
 ('7628b7b8-a8b2-4cdc-b46f-e9b35248918e', 'Cognitive Services Language Reader', 1, 0),
 ('f2310ca1-dc64-4889-bb49-c8e0fa3d47a8', 'Cognitive Services Language Writer', 1, 0),
 ('f07febfe-79bc-46b1-8b37-790e26e6e498', 'Cognitive Services Language Owner', 1, 0),
 ('18e81cdc-4e98-4e29-a639-e7d10c5a6226', 'Cognitive Services LUIS Reader', 1, 0),
 ('6322a993-d5c9-4bed-b113-e49bbea25b27', 'Cognitive Services LUIS Writer', 1, 0),
 ('f72c8140-2111-481c-87ff-72b910f6e3f8', 'Cognitive Services LUIS Owner', 1, 0),
 ('b2de6794-95db-4659-8781-7e080d3f2b9d', 'Cognitive Services Immersive Reader User', 1, 0),
 ('466ccd10-b268-4a11-b098-b4849f024126', 'Cognitive Services QnA Maker Reader', 1, 0),
 ('f4cc2bf9-21be-47a1-bdf1-5c5804381025', 'Cognitive Services QnA Maker Editor', 1, 0),
 ('c1ff6cc2-c111-46fe-8896-e0ef812ad9f3', 'Cognitive Services Custom Vision Contributor', 1, 0),
 ('5c4089e1-6d96-4d2f-b296-c1bc7137275f', 'Cognitive Services Custom Vision Deployment', 1, 0),
 ('88424f51-ebe7-446f-bc41-7fa16989e96c', 'Cognitive Services Custom Vision Labeler', 1, 0),
 ('93586559-c37d-4a6b-ba08-b9f0940c2d73', 'Cognitive Services Custom Vision Reader', 1, 0),
 ('0a5ae4ab-0d65-4eeb-be61-29fc9b54394b', 'Cognitive Services Custom Vision Trainer', 1, 0),
 ('cb43c632-a144-4ec5-977c-e80c4affc34a', 'Cognitive Services Metrics Advisor Administrator', 1, 0),
 ('3b20f47b-3825-43cb-8114-4bd2201156a8', 'Cognitive Services Metrics Advisor User', 1, 0),
 ('53ca6127-db72-4b80-b1b0-d745d6d5456d', 'Azure AI User (Foundry User)', 1, 1),
 ('eadc314b-1a2d-4efa-be10-5d325db5065e',
  'Azure AI Project Manager (Foundry Project Manager)', 1, 1),
 ('e47c6f54-e4a2-4754-9501-8e0985b135e1', 'Azure AI Account Owner (Foundry Account Owner)', 0, 1),
 ('7ca78c08-252a-4471-8644-bb5ff32d4ba0', 'Search Service Contributor', 0, 0),
 ('8ebe5a00-799e-43f5-93ac-243d3dce84a7', 'Search Index Data Contributor', 0, 0),
 ('1407120a-92aa-4202-b7e9-c0e197c71c8f', 'Search Index Data Reader', 0, 0),
 ('f6c7c914-8db3-469d-8ca1-694a8f32e121', 'AzureML Data Scientist', 0, 0),
 ('64702f94-c441-49e6-a78b-ef80e0188fee', 'Azure AI Developer', 1, 0)),
other(role, family, data_plane, broad) AS (VALUES
 ('8e3af657-a8ff-443c-a75c-2fe8c4bcb635', '*', 0, 1),
 ('b24988ac-6180-42a0-ab88-20f7382dd24c', '*', 0, 1),
 ('18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', '*', 0, 1),
 ('f58310d9-a9f6-439a-9e8d-f62e7b41a168', '*', 0, 1),
 ('7ca78c08-252a-4471-8644-bb5ff32d4ba0', 'search', 0, 1),
 ('8ebe5a00-799e-43f5-93ac-243d3dce84a7', 'search', 1, 0),
 ('1407120a-92aa-4202-b7e9-c0e197c71c8f', 'search', 1, 0),
 ('f6c7c914-8db3-469d-8ca1-694a8f32e121', 'ml', 1, 0),
 ('64702f94-c441-49e6-a78b-ef80e0188fee', 'ml', 1, 0))
SELECT k.role, f.family, k.name,
       CASE f.family WHEN 'ai' THEN k.data_plane ELSE coalesce(o.data_plane, 0) END AS data_plane,
       CASE f.family WHEN 'ai' THEN k.broad ELSE coalesce(o.broad, 0) END AS broad
  FROM known k
 CROSS JOIN role_family f
  LEFT JOIN other o ON o.role = k.role AND o.family IN (f.family, '*')
