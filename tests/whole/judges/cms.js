// pkijs judges a detached CMS: cms.js CONTENT SIGNATURE ROOT.pem. Exit code 0: the signature holds and
// its certificate leads to the root; 1: it does not; 3: it could not be asked.
'use strict';
const fs = require('fs');
const { webcrypto } = require('crypto');
const load = (name) => require(require.resolve(name, { paths: [process.cwd()] }));
const [, , contentFile, signatureFile, rootFile] = process.argv;
const bytes = (file) => {
  const b = fs.readFileSync(file);
  return b.buffer.slice(b.byteOffset, b.byteOffset + b.length);
};

async function judge() {
  const pkijs = load('pkijs');
  pkijs.setEngine('node', new pkijs.CryptoEngine({ name: 'node', crypto: webcrypto }));
  const pem = fs.readFileSync(rootFile, 'latin1').replace(/-----[^-]+-----/g, '');
  const der = Buffer.from(pem, 'base64');
  const root = pkijs.Certificate.fromBER(der.buffer.slice(der.byteOffset, der.byteOffset + der.length));
  const info = pkijs.ContentInfo.fromBER(bytes(signatureFile));
  const signed = new pkijs.SignedData({ schema: info.content });
  if (signed.signerInfos.length !== 1) return false;
  return signed.verify({ signer: 0, data: bytes(contentFile), trustedCerts: [root], checkChain: true });
}

let asked = false;
try {
  load('pkijs');
  asked = true;
} catch (e) {
  console.error(String(e));
}
if (!asked) process.exit(3);
judge().then(
  (yes) => {
    console.log(yes ? 'yes' : 'no');
    process.exit(yes ? 0 : 1);
  },
  (e) => {
    console.log('no: ' + e);
    process.exit(1);
  });
