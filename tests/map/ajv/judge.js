// See t_ajv.sh. Changes are drawn with a fixed seed, so that every run makes the same ones.
'use strict';
const [, , ajvFolder, source, evpack, work] = process.argv;
const fs = require('fs');
const path = require('path');
const { execFileSync } = require('child_process');
const Ajv = require(path.join(ajvFolder, 'dist/2020.js')).default;
const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false });
const mapping = path.join(source, 'mapping');
const read = (f) => JSON.parse(fs.readFileSync(f, 'utf8'));
const schemas = {};
for (const f of fs.readdirSync(path.join(mapping, 'schema'))) {
  schemas[f.replace('.schema.json', '')] = ajv.compile(read(path.join(mapping, 'schema', f)));
}
const kinds = read(path.join(source, 'src/map/check.json')).files;
const glob = (p) => new RegExp('^' + p.replace(/[.]/g, '\\.').replace(/\*/g, '.*') + '$');
const kindOf = (f, v) =>
  kinds.find((k) => glob(k.path).test(f) && (!k.member || (v !== null && typeof v === 'object' && k.member in v)));

let seed = 11;
const draw = (n) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return (seed >>> 8) % n;
};
function places(v, out) {
  if (v === null || typeof v !== 'object') return out;
  for (const k of Object.keys(v)) {
    out.push([v, k]);
    places(v[k], out);
  }
  return out;
}
const values = [null, true, 0, -1, 1.5, '', 'x', ' ', 'A-1', 'high', 'a'.repeat(3000), [], ['x', 'x'], {}, { x: 1 }];
function change(v) {
  const all = places(v, []);
  if (all.length === 0) return v;
  const [of, k] = all[draw(all.length)];
  switch (draw(4)) {
    case 0:
      if (Array.isArray(of)) of.splice(Number(k), 1);
      else delete of[k];
      break;
    case 1:
      if (Array.isArray(of)) of.push(of[k]);
      else of[k + 'x'] = of[k];
      break;
    default:
      of[k] = values[draw(values.length)];
  }
  return v;
}

const files = [];
(function walk(dir, at) {
  for (const e of fs.readdirSync(dir, { withFileTypes: true })) {
    if (e.isDirectory()) walk(path.join(dir, e.name), at + e.name + '/');
    else files.push(at + e.name);
  }
})(mapping, '');
let judged = 0, refused = 0, wrong = 0;
const rounds = 12;
for (let round = 0; round < rounds; round++) {
  const folder = path.join(work, 'm' + round);
  const expected = {};
  for (const f of files) {
    const to = path.join(folder, f);
    fs.mkdirSync(path.dirname(to), { recursive: true });
    fs.copyFileSync(path.join(mapping, f), to);
    if (!f.endsWith('.json') || f.startsWith('schema/')) continue;
    const v = round === 0 ? read(to) : change(read(to));
    fs.writeFileSync(to, JSON.stringify(v, null, 1));
    const kind = kindOf(f, v);
    expected[f] = schemas[kind.schema](v);
  }
  // One file that is surely wrong, so that nothing but schemas is looked at in any round but the first.
  if (round > 0) {
    fs.writeFileSync(path.join(folder, 'guidance.json'), '[]');
    expected['guidance.json'] = false;
  }
  let out;
  try {
    out = execFileSync(evpack, ['map', '--check', folder, '--json'], { maxBuffer: 1 << 28 });
  } catch (e) {
    if (e.status !== 1) throw e;
    out = e.stdout;
  }
  const told = JSON.parse(out);
  if (told.more) throw new Error('expected fewer faults than evpack keeps');
  for (const f of Object.keys(expected)) {
    const faulty = told.faults.filter((x) => x.path === f && !/a plan|placeholder|cannot be read/.test(x.text));
    judged++;
    refused += !expected[f];
    if ((faulty.length === 0) !== expected[f]) {
      wrong++;
      console.error(`round ${round}: ${f}: ajv says ${expected[f]}, evpack ${JSON.stringify(faulty.slice(0, 2))}`);
    }
  }
}
console.log(`${judged} files judged, ${refused} refused by both, ${wrong} differ`);
if (wrong > 0 || refused < 100) process.exit(1);
