-- id: storage-transit-encryption
-- version: 1.0.0
-- title: The account refuses plain HTTP, and TLS below 1.2
-- service: storage
-- control: DP-3
-- feature: Data in Transit Encryption
-- severity: high
-- needs: storage-account
-- observes: /properties/supportsHttpsTrafficOnly, /properties/minimumTlsVersion
-- policy: 404c3081-a854-4457-ae30-26a93ef643f9
-- tests: the baseline calls this feature Microsoft's, so what passes is inherited; but the customer can
--   open the account to plain HTTP and to old TLS. properties.supportsHttpsTrafficOnly false fails (an
--   NFS share needs it false, and is not encrypted on the way either), as in the policy; so does
--   properties.minimumTlsVersion TLS1_0 or TLS1_1, which the policy does not look at
--   (fe83a0eb-a853-422d-aac2-1bffd182c5d0, of the preview of version 2 alone, compares that). Since February 2026 Azure Storage answers no
--   TLS below 1.2, whatever the setting says; the setting is judged, as that policy does. A classic
--   storage account is manual.
-- absent: supportsHttpsTrafficOnly absent or null means true, its default since API version 2019-04-01;
--   minimumTlsVersion absent or null means TLS 1.0, so fail. Neither true nor false, or a version that is
--   none of TLS1_0 to TLS1_3, is unknown, unless the other one fails.
-- source: github.com/Azure/azure-policy, definition 404c3081-a854-4457-ae30-26a93ef643f9 2.0.0;
--   learn.microsoft.com/azure/storage/common/transport-layer-security-configure-minimum-version and
--   azure/storage/common/storage-require-secure-transfer; severity is ours
WITH heard AS (
SELECT a.record_id, a.family, a.complete, a.need, s.https_only, s.odd_https_only, s.lowest_tls,
       upper(s.lowest_tls) AS tls
  FROM asset a
  LEFT JOIN storage_account s ON s.record_id = a.record_id
 WHERE a.family IN ('storage', 'classic')),
judged AS (
SELECT *, CASE WHEN family = 'classic' THEN 'manual'
               WHEN complete = 0 THEN 'unknown'
               WHEN https_only IS 0 OR tls IS NULL OR tls IN ('TLS1_0', 'TLS1_1') THEN 'fail'
               WHEN odd_https_only IS NOT NULL OR tls NOT IN ('TLS1_2', 'TLS1_3') THEN 'unknown'
               ELSE 'pass' END AS status
  FROM heard)
SELECT record_id, status,
       CASE WHEN family = 'classic' THEN
                'No rule reads the settings of a classic storage account: see whether it answers plain HTTP.'
            WHEN complete = 0 THEN
                'Only a summary of this storage account was exported, so what it accepts is not known.'
            ELSE 'supportsHttpsTrafficOnly is '
                || coalesce(odd_https_only, CASE https_only WHEN 1 THEN 'true' WHEN 0 THEN 'false'
                            ELSE 'not set, which means true' END)
                || ', and minimumTlsVersion is ' || coalesce(lowest_tls, 'not set, which means TLS1_0')
                || CASE WHEN status = 'pass' THEN '.'
                   WHEN status = 'unknown' THEN ', which cannot be told from this.'
                   WHEN https_only IS 0 THEN ': plain HTTP is answered.'
                   ELSE ': the account''s own setting lets in TLS below 1.2.' END END AS reason,
       CASE WHEN status = 'unknown' THEN need END AS need,
       NULL AS evidence
  FROM judged
