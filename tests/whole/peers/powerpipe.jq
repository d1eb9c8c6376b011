# What Powerpipe's compliance mod for Azure asks of an AI account, its five controls for Cognitive
# Services put in the words of Resource Manager's JSON (github.com/turbot/steampipe-mod-azure-compliance,
# regulatory_compliance/cognitiveservice.pp at commit 479c21f6f68108d70af413e276b49495d01477fb, read
# 2026-11-22). It answers ok, alarm or info. Comparisons are with the letter case shown, and a
# property that is not there is neither equal nor unequal, as in its SQL.
def able($p; $name): any($p.capabilities[]?; .name == $name);
def powerpipe: .properties as $p
  | {control: "cognitive_service_local_auth_disabled", rule: "ai-local-authentication",
     says: (if ($p.disableLocalAuth | tostring | ascii_downcase) == "true" then "ok" else "alarm" end)},
    {control: "cognitive_account_private_link_used", rule: "private-link",
     says: (if ($p.privateEndpointConnections | type) == "array" and ($p.privateEndpointConnections | length) == 0 then "info"
            elif able($p; "VirtualNetworks") and any($p.privateEndpointConnections[]?;
                .properties.privateLinkServiceConnectionState.status == "Approved") then "ok" else "alarm" end)},
    {control: "cognitive_account_public_network_access_disabled", rule: "public-access",
     says: (if $p.publicNetworkAccess == "Enabled" then "alarm" else "ok" end)},
    {control: "cognitive_account_restrict_public_access", rule: "public-access",
     says: (if able($p; "VirtualNetworks") and $p.networkAcls.defaultAction != null
                and $p.networkAcls.defaultAction != "Deny" then "alarm" else "ok" end)},
    {control: "cognitive_account_encrypted_with_cmk", rule: "customer-managed-key",
     says: (if able($p; "CustomerManagedKey") and $p.encryption.keySource != "Microsoft.KeyVault"
            then "alarm" else "ok" end)};
