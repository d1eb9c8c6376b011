-- id: resource-logs
-- version: 1.4.0
-- title: Resource logs are sent to a place where they are kept
-- service: azure-cognitive-search, azure-openai, cognitive-services, key-vault, machine-learning-service,
--   virtual-network
-- control: LT-3
-- feature: Azure Resource Logs
-- severity: medium
-- needs: diagnostic-setting
-- observes: none
-- policy: 1b4d1c4e-934c-4703-944c-27c82c06bebb (AI accounts and search services),
--   cf820ca0-f99e-4f3e-84fb-66e913812d21 (key vaults), b4330a05-a843-4bc8-bf9a-cacce50c67f4 (search
--   services), afe0c3be-ba3b-4544-ba52-0c99672a8ad6 (Machine Learning workspaces)
-- tests: a diagnostic setting of the resource has at least one log (a category or a
--   category group) with enabled true, and somewhere to send it (a workspace, a storage account, an event hub or a
--   partner solution). Metrics do not count. The policies are content with any log row that is
--   enabled (1b4d1c4e: any at all), and ask for days of retention where a setting sets them;
--   this rule asks for an enabled one with somewhere to go. Which resource a setting belongs to
--   stands in the setting's id alone. A project of AI Foundry has settings of its own. Of the parts of
--   a network, virtual networks, network security groups and network security perimeters write resource
--   logs, and the others write none: notapplicable. Flow logs are no resource logs: the reason names
--   those that are on, and the status is not theirs.
--   Where the parameter log_categories_required names categories, all of them must be on, or the
--   group allLogs: else it fails, when the list is whole, and is unknown where another group is on.
-- absent: a whole list of this resource's settings, none of which logs: fail. An empty list does not
--   name its resource; it fails only when its command vouches for it (view answer; not with API
--   version 2017-05-01-preview, reported to answer with empty lists), and is unknown
--   otherwise, as is a single exported setting that does not log, because it may have siblings, and
--   a list that is cut off or that nothing vouches for. Logs are off until a
--   setting is made, but silence in an export is no answer.
-- source: learn.microsoft.com/azure/azure-monitor/essentials/diagnostic-settings and, for which types write
--   logs, azure/azure-monitor/reference/logs-index (read 2026-11-22); published as LT-4; severity is ours
WITH ordered AS (SELECT * FROM diagnostic_setting ORDER BY snapshot_id, scope, name, record_id),
told AS (
SELECT snapshot_id, scope, count(record_id) AS settings,
       sum(logs > 0 AND sink IS NOT NULL) AS good,
       group_concat(CASE WHEN logs > 0 AND sink IS NOT NULL
           THEN '"' || name || '" sends ' || log_names || ' to ' || sink END, '; ') AS good_words,
       group_concat(CASE WHEN logs > 0 AND sink IS NOT NULL THEN record_id END, ',')
           AS good_records,
       group_concat('"' || name || '" '
           || CASE WHEN logs = 0 THEN 'has no enabled log' ELSE 'has nowhere to send its logs' END,
           '; ') AS bad_words,
       group_concat(record_id, ',') AS records, max(whole) AS whole, max(NOT whole) AS doubt
  FROM ordered
 GROUP BY snapshot_id, scope)
SELECT a.record_id,
       CASE WHEN a.family = 'netpart' THEN 'notapplicable'
            WHEN t.good > 0 AND k.words IS NULL THEN 'pass'
            WHEN t.good > 0 AND (k.open OR NOT t.whole OR t.doubt) THEN 'unknown'
            WHEN t.good > 0 THEN 'fail'
            WHEN t.settings IS NULL AND n.evidence_id IS NOT NULL THEN 'fail'
            WHEN t.settings IS NULL OR NOT t.whole OR t.doubt THEN 'unknown'
            ELSE 'fail' END AS status,
       CASE WHEN a.family = 'netpart' THEN 'This ' || a.noun || ' writes no resource logs.'
            ELSE CASE WHEN t.good > 0 THEN 'Diagnostic setting ' || t.good_words || '.'
                || CASE WHEN k.words IS NULL THEN '' ELSE ' Not switched on, and asked for by log_categories_required: '
                   || k.words || CASE WHEN k.open THEN ' (what a category group holds is not in the export)'
                   WHEN NOT t.whole OR t.doubt THEN ' (the export does not show that there are no other settings)'
                   ELSE '' END || '.' END
            WHEN t.settings IS NULL AND n.evidence_id IS NOT NULL THEN
                'The ' || a.noun || ' has no diagnostic setting: its list was exported, and is empty.'
            WHEN t.settings IS NULL THEN
                'No diagnostic setting of this ' || a.noun || ' was exported, and an empty list would not say whose it is.'
            WHEN NOT t.whole OR t.doubt THEN
                'Diagnostic setting ' || t.bad_words || ', and the export does not show that there are no others.'
            ELSE 'Diagnostic setting ' || t.bad_words || '.' END
            || coalesce(' Flow logs are on, too: ' || f.names || '.', '') END AS reason,
       CASE WHEN t.good > 0 AND k.words IS NOT NULL AND (k.open OR NOT t.whole OR t.doubt)
             AND a.family <> 'netpart' THEN 'diagnostic-setting'
            WHEN coalesce(t.good, 0) = 0 AND a.family <> 'netpart'
             AND (t.settings IS NULL AND n.evidence_id IS NULL OR NOT t.whole OR t.doubt) THEN 'diagnostic-setting' END
           AS need,
       CASE WHEN a.family = 'netpart' THEN NULL
            WHEN t.good > 0 THEN '[' || t.good_records || ']'
            WHEN t.settings IS NOT NULL THEN '[' || t.records || ']' END AS evidence
  FROM asset a
  LEFT JOIN told t ON t.snapshot_id = a.snapshot_id AND t.scope = a.subject
  LEFT JOIN log_lacking k ON k.snapshot_id = a.snapshot_id AND k.scope = a.subject
  LEFT JOIN (SELECT snapshot_id, subject, min(evidence_id) AS evidence_id FROM answer
              WHERE kind = 'diagnostic-setting' AND completeness = 'whole' AND records = 0
                AND instr(command, '2017-05-01-preview') = 0
              GROUP BY snapshot_id, subject) n
         ON n.snapshot_id = a.snapshot_id AND n.subject = a.subject
  LEFT JOIN (SELECT snapshot_id, target, group_concat(name, ', ') AS names
               FROM (SELECT * FROM flow_log WHERE enabled ORDER BY snapshot_id, target, name)
              GROUP BY snapshot_id, target) f
         ON f.snapshot_id = a.snapshot_id AND f.target = a.subject
