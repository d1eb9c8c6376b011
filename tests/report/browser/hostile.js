// Writes a list of accounts whose names try to be markup, to hide, or to be too much. See t_browser.sh.
'use strict';
const names = [
  '</script><script>window.hit = 1</script>', '<!--<script>', ']]><img src=x onerror="window.hit=1">',
  '"\' onmouseover="window.hit=1', 'javascript:window.hit=1', '{{js}}', '\u202Ecod.exe\u202C', 'a\u2028b\u2029c',
  'zero\u200Bwidth\uFEFF', 'x'.repeat(10000), '\uD800lone', '\u0000nul\u0007bell', '\u27E8U+202E\u27E9', '__proto__', 'constructor', '&lt;b&gt;&#60;',
];
const subscription = '00000000-0000-4000-8000-000000000001';
const list = names.map((name, i) => ({
  id: `/subscriptions/${subscription}/resourceGroups/rg-${i}<b>/providers/Microsoft.CognitiveServices/accounts/${name.replace(/\//g, '')}`,
  name: name.replace(/\//g, ''), type: 'Microsoft.CognitiveServices/accounts', kind: 'OpenAI', location: name, sku: { name: 'S0' }, tags: { [name]: name },
  properties: { publicNetworkAccess: name, disableLocalAuth: false, customSubDomainName: name, networkAcls: { defaultAction: name }, provisioningState: 'Succeeded' },
}));
process.stdout.write(JSON.stringify(list));
