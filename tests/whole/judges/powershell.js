// A grammar of PowerShell judges a script: powershell.js FILE. Exit code 0: it parses; 1: it does not.
'use strict';
const fs = require('fs');
const find = (name) => require.resolve(name, { paths: [process.cwd()] });
const { Parser, Language } = require(find('web-tree-sitter'));

(async () => {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(find('tree-sitter-powershell/tree-sitter-powershell.wasm')));
  const tree = parser.parse(fs.readFileSync(process.argv[2], 'utf8'));
  let faults = 0;
  (function walk(node) {
    if (node.type === 'ERROR' || node.isMissing) {
      faults++;
      console.log(`line ${node.startPosition.row + 1}: ${node.type}: ${node.text.slice(0, 60)}`);
    }
    for (let i = 0; i < node.childCount; i++) walk(node.child(i));
  })(tree.rootNode);
  process.exit(faults > 0 || tree.rootNode.hasError ? 1 : 0);
})();
