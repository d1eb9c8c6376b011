// See t_ajv.sh. A small reader of the reports that shares nothing with what wrote them: schemas by ajv,
// every reference followed, every number compared with findings.json, every hash with the file itself.
'use strict';
const [, , modules, source, schemas, ...cases] = process.argv;
const fs = require('fs');
const path = require('path');
const crypto = require('crypto');
const need = (name) => require(path.join(modules, name));
const read = (f) => JSON.parse(fs.readFileSync(f, 'utf8'));
const official = (name) => (schemas === '' ? null : read(path.join(schemas, name)));

let faults = 0;
let quiet = false;
function fault(where, what) {
  if (faults++ < 40 && !quiet) console.log(`${where}: ${what}`);
}
const same = (where, what, want, came) => {
  if (JSON.stringify(want) !== JSON.stringify(came)) {
    fault(where, `${what}: expected ${JSON.stringify(want)}, came ${JSON.stringify(came)}`);
  }
};

const Ajv2020 = need('ajv/dist/2020').default;
const Ajv = need('ajv').default;
const Ajv4 = need('ajv-draft-04').default;
const formats = need('ajv-formats').default;
const own = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, validateFormats: true });
const checkFindings = own.compile(read(path.join(source, 'reports/schema/findings.schema.json')));
const compile = (A, schema) => {
  if (schema === null) return null;
  const ajv = new A({ strict: false });
  formats(ajv);
  return ajv.compile(schema);
};
const checkOscal = compile(Ajv, official('oscal_assessment-results_schema.json'));
const checkSarif = compile(Ajv4, official('sarif-schema-2.1.0.json'));
function valid(check, where, value) {
  if (check !== null && !check(value)) fault(where, JSON.stringify(check.errors.slice(0, 3)));
}

// What is shown as an escape, as it was.
const plain = (text) => text.replace(/⟨U\+([0-9A-F]+)⟩/g, (_, hex) => String.fromCodePoint(parseInt(hex, 16)));
const prop = (of, name) => (of.props || []).find((p) => p.name === name)?.value;
// Every object with a uuid that defines something; what refers has other names.
function definitions(value, out = new Map()) {
  if (value === null || typeof value !== 'object') return out;
  if (!Array.isArray(value) && typeof value.uuid === 'string') {
    if (out.has(value.uuid)) fault('oscal', `two things have the uuid ${value.uuid}`);
    out.set(value.uuid, value);
  }
  for (const v of Object.values(value)) definitions(v, out);
  return out;
}
const byUuid = (list) => new Map((list || []).map((v) => [v.uuid, v]));

function readOscal(folder, text, all, bag) {
  const where = path.basename(folder) + '/oscal';
  const doc = text['assessment-results'];
  definitions(doc);
  for (const m of JSON.stringify(doc).matchAll(/"uuid":"([^"]*)"/g)) {
    if (!/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(m[1])) {
      fault(where, `${m[1]} is no version 5 UUID`);
    }
  }
  const resources = byUuid(doc['back-matter'].resources);
  const local = doc['local-definitions'];
  const objectives = new Map();
  for (const o of local['objectives-and-methods'] || []) {
    for (const p of o.parts) objectives.set(p.id, o['control-id']);
  }
  const activities = byUuid(local.activities);
  if (!resources.has(doc['import-ap'].href.slice(1))) fault(where, 'import-ap leads nowhere');
  for (const r of doc.metadata['responsible-parties'] || []) {
    for (const p of r['party-uuids']) if (!byUuid(doc.metadata.parties).has(p)) fault(where, `no party ${p}`);
  }
  same(where, 'results', 1, doc.results.length);
  const result = doc.results[0];
  const mine = result['local-definitions'];
  const items = byUuid(mine['inventory-items']);
  const actors = byUuid(mine['assessment-assets'].components);
  const tasks = byUuid(mine.tasks);
  for (const t of tasks.values()) {
    for (const a of t['associated-activities']) {
      if (!activities.has(a['activity-uuid'])) fault(where, `the activity of ${t.title} is not there`);
    }
  }
  const reviewed = new Set();
  for (const s of result['reviewed-controls']['control-selections']) {
    for (const c of s['include-controls']) reviewed.add(c['control-id']);
  }
  for (const c of objectives.values()) if (!reviewed.has(c)) fault(where, `${c} is not reviewed`);

  const observations = byUuid(result.observations);
  same(where, 'observations', all.length, observations.size);
  const findings = new Map();
  for (const f of result.findings || []) {
    same(where, `the observations of ${f.uuid}`, 1, f['related-observations'].length);
    const o = f['related-observations'][0]['observation-uuid'];
    if (!observations.has(o)) fault(where, `${f.uuid} points at ${o}, which is not there`);
    if (findings.has(o)) fault(where, `${o} has two findings`);
    if (!objectives.has(f.target['target-id'])) fault(where, `no objective ${f.target['target-id']}`);
    findings.set(o, f);
  }
  for (const want of all) {
    const o = observations.get(want.id);
    if (o === undefined) {
      fault(where, `no observation ${want.id}`);
      continue;
    }
    const at = `${where} ${want.id}`;
    same(at, 'status', want.status, prop(o, 'status'));
    same(at, 'raw status', want.raw_status, prop(o, 'raw-status') ?? want.status);
    const decides = (want.status === 'pass' || want.status === 'fail') && want.control_id !== null;
    same(at, 'whether it is a finding', decides, findings.has(want.id));
    same(at, 'whether it says why not', !decides, o.description.startsWith('No finding: '));
    if (decides) {
      const t = findings.get(want.id).target;
      same(at, 'state', want.status === 'pass' ? 'satisfied' : 'not-satisfied', t.status.state);
      same(at, 'control', `${want.benchmark}_${want.control_id}`.toLowerCase(), objectives.get(t['target-id']));
    }
    const item = items.get(o.subjects[0]['subject-uuid']);
    same(at, 'snapshot', want.snapshot, item && prop(item, 'snapshot'));
    same(at, 'subject', want.subject.toLowerCase(), item && plain(prop(item, 'asset-id')).toLowerCase());
    const origin = o.origins[0];
    if (!actors.has(origin.actors[0]['actor-uuid'])) fault(at, 'its actor is not there');
    const task = tasks.get(origin['related-tasks'][0]['task-uuid']);
    const activity = task && activities.get(task['associated-activities'][0]['activity-uuid']);
    same(at, 'source', want.source, activity && prop(activity, 'source'));
    same(at, 'responsibility', want.responsibility ?? undefined, activity && prop(activity, 'responsibility'));
    same(at, 'collected', want.collected_at ?? 'unknown', prop(o, 'collected') ?? o.collected);
    same(at, 'places', want.evidence.length, o['relevant-evidence'].length);
    want.evidence.forEach((e, i) => {
      const came = o['relevant-evidence'][i];
      const file = resources.get(came.href.slice(1));
      same(at, `evidence ${i}`, [e.path, `${e.offset}+${e.length}`], [file && file.title.replace(/\\/g, ''), prop(came, 'byte-range')]);
      const copy = file && prop(file, 'original-sha256');
      same(at, `SHA-256 of evidence ${i}`, e.sha256, copy ?? (file && file.rlinks[0].hashes[0].value));
    });
  }
  let copies = 0;
  for (const r of resources.values()) {
    if (bag === undefined || r.rlinks === undefined) continue;
    // As a program would: relative to the document.
    const file = path.join(bag, 'data', decodeURIComponent(r.rlinks[0].href));
    const hash = crypto.createHash('sha256').update(fs.readFileSync(file)).digest('hex');
    same(where, `SHA-256 of ${file}`, hash, r.rlinks[0].hashes[0].value);
    copies += prop(r, 'original-sha256') === undefined ? 0 : 1;
  }
  return { observations: observations.size, findings: findings.size, resources: resources.size, copies };
}

const kinds = {
  pass: 'pass', fail: 'fail', unknown: 'open', error: 'open', manual: 'review', notapplicable: 'notApplicable',
  inherited: 'notApplicable',
};
function readSarif(folder, text, all) {
  const where = path.basename(folder) + '/sarif';
  const run = text.runs[0];
  const artifacts = new Map(run.artifacts.map((a) => [a.location.uri, a.hashes['sha-256']]));
  const results = new Map(run.results.map((r) => [r.guid, r]));
  same(where, 'results', all.length, results.size);
  same(where, 'success', all.every((f) => f.status !== 'error'), run.invocations[0].executionSuccessful);
  for (const want of all) {
    const at = `${where} ${want.id}`;
    const r = results.get(want.id);
    if (r === undefined) {
      fault(at, 'is not there');
      continue;
    }
    same(at, 'rule', r.ruleId, run.tool.driver.rules[r.ruleIndex]?.id);
    same(at, 'kind', kinds[want.status === 'exempt' ? want.raw_status : want.status], r.kind);
    same(at, 'whether it has a level', r.kind === 'fail', r.level !== 'none');
    same(at, 'whether it is suppressed', want.status === 'exempt', r.suppressions !== undefined);
    same(at, 'status', want.status, r.properties.status);
    const places = [...r.locations, ...(r.relatedLocations || [])];
    same(at, 'places', want.evidence.map((e) => [e.sha256, e.offset, e.length]), places.map((l) => {
      const p = l.physicalLocation;
      return [artifacts.get(p.artifactLocation.uri), p.region.byteOffset, p.region.byteLength];
    }));
  }
}

// What no findings.json may be.
const wrong = {
  'no findings': (d) => delete d.findings,
  'no run': (d) => delete d.run,
  'findings as an object': (d) => (d.findings = {}),
  'a digest in upper case': (d) => (d.run.mapping_sha256 = d.run.mapping_sha256.toUpperCase().replace(/^./, 'A')),
  'a status of another kind': (d) => (d.findings[0].status = 'passed'),
  'a status that is null': (d) => (d.findings[0].status = null),
  'a raw status of another kind': (d) => (d.findings[0].raw_status = ''),
  'an id that is random': (d) => (d.findings[0].id = '0b1e5d2c-7c1f-4f0a-9a55-0a0b0c0d0e0f'),
  'an id in upper case': (d) => (d.findings[0].id = 'ABCDEF00-0000-5000-8000-000000000000'),
  'no id': (d) => delete d.findings[0].id,
  'no reason': (d) => delete d.findings[0].reason,
  'no published id': (d) => delete d.findings[0].published_control_id,
  'a responsibility of another kind': (d) => (d.findings[0].responsibility = 'Customer'),
  'a source of another kind': (d) => (d.findings[0].source = 'azure'),
  'a control without its benchmark': (d) => (d.findings[0].benchmark = null),
  'no evidence': (d) => (d.findings[0].evidence = []),
  'evidence without a place': (d) => delete d.findings[0].evidence[0].offset,
  'a place before the file': (d) => (d.findings[0].evidence[0].offset = -1),
  'a place between two bytes': (d) => (d.findings[0].evidence[0].length = 1.5),
  'a place as text': (d) => (d.findings[0].evidence[0].offset = '1'),
  'evidence elsewhere': (d) => (d.findings[0].evidence[0].path = '../secret'),
  'a short SHA-256': (d) => (d.findings[0].evidence[0].sha256 = 'ab'),
  'no pointer': (d) => (d.findings[0].evidence[0].pointer = 'value/0'),
  'a pointer with a bad escape': (d) => (d.findings[0].evidence[0].pointer = '/a~2'),
  'a time without a zone': (d) => (d.findings[0].evaluated_at = '2026-11-22T08:00:00'),
  'something observed that is absent and there': (d) =>
    (d.findings[0].observed = [{ pointer: '/a', value: 1, absent: true }]),
  'something observed without a value': (d) => (d.findings[0].observed = [{ pointer: '/a' }]),
  'a decision by nobody': (d) => {
    delete d.findings[0].decided_by;
    d.findings[0].decision = 'exception';
  },
  'a chooser of another kind': (d) => (d.run.parameters = [{ name: 'a', value: 'b', chosen_by: 'me' }]),
  'a resource left out without why': (d) => (d.scoped_out = [{ subject: 'a', type: null, snapshot: 's' }]),
};

// What the two readers must see: each change is one that the schemas may well allow.
const result = (d) => d['assessment-results'].results[0];
const seen = {
  'an observation less': (d) => result(d).observations.pop(),
  'a finding less': (d) => result(d).findings.pop(),
  'a finding that points elsewhere': (d) =>
    (result(d).findings[0]['related-observations'][0]['observation-uuid'] = result(d).findings[0].uuid),
  'a state turned round': (d) => {
    const s = result(d).findings[0].target.status;
    s.state = s.state === 'satisfied' ? 'not-satisfied' : 'satisfied';
  },
  'another objective': (d) => (result(d).findings[0].target['target-id'] += 'x'),
  'another status': (d) => (result(d).observations[0].props[0].value = 'error'),
  'a subject that is not there': (d) =>
    (result(d).observations[0].subjects[0]['subject-uuid'] = result(d).observations[0].uuid),
  'a resource that is not there': (d) => d['assessment-results']['back-matter'].resources.pop(),
  'another hash': (d) =>
    (d['assessment-results']['back-matter'].resources.find((r) => r.rlinks && /accounts/.test(r.title))
      .rlinks[0].hashes[0].value = '0'.repeat(64)),
  'another place': (d) => (result(d).observations[0]['relevant-evidence'][0].props[0].value = '0+1'),
  'a task less': (d) => result(d)['local-definitions'].tasks.pop(),
  'a control that is not reviewed': (d) =>
    result(d)['reviewed-controls']['control-selections'][0]['include-controls'].pop(),
  'one uuid twice': (d) => (result(d).observations[0].uuid = result(d).observations[1].uuid),
  'no plan': (d) => (d['assessment-results']['import-ap'].href = '#x'),
};
const seenSarif = {
  'a result less': (d) => d.runs[0].results.pop(),
  'another kind': (d) => (d.runs[0].results[0].kind = 'informational'),
  'another rule': (d) => (d.runs[0].results[0].ruleIndex += 1),
  'another hash': (d) => (d.runs[0].artifacts.forEach((a) => (a.hashes['sha-256'] = '0'.repeat(64)))),
  'a level too many': (d) => (d.runs[0].results.find((r) => r.kind !== 'fail').level = 'error'),
};
function mustSee(name, changes, text, judge) {
  for (const [what, change] of Object.entries(changes)) {
    const copy = JSON.parse(JSON.stringify(text));
    change(copy);
    const before = faults;
    quiet = true;
    try {
      judge(copy);
    } catch {
      faults++; // what stops the reader is seen, too
    }
    quiet = false;
    const found = faults > before;
    faults = before;
    if (!found) fault(name, `the reader does not see ${what}`);
  }
}

let mutated = false;
for (const one of cases) {
  const [folder, bag] = one.split('=');
  const doc = read(path.join(folder, 'findings.json'));
  valid(checkFindings, folder + '/findings.json', doc);
  same(folder, 'the schema beside it', read(path.join(source, 'reports/schema/findings.schema.json')),
    read(path.join(folder, 'findings.schema.json')));
  const oscal = read(path.join(folder, 'oscal-assessment-results.json'));
  const sarif = bag === undefined ? read(path.join(folder, 'findings.sarif')) : null;
  valid(checkOscal, folder + '/oscal', oscal);
  const told = readOscal(folder, oscal, doc.findings, bag);
  if (sarif !== null) {
    valid(checkSarif, folder + '/sarif', sarif);
    readSarif(folder, sarif, doc.findings);
  }
  console.log(path.basename(folder), JSON.stringify(told));
  if (mutated || doc.findings.length === 0) continue;
  mutated = true;
  for (const [name, change] of Object.entries(wrong)) {
    const copy = JSON.parse(JSON.stringify(doc));
    change(copy);
    if (checkFindings(copy)) fault('schema', `accepts ${name}`);
  }
  mustSee('oscal', seen, oscal, (copy) => readOscal(folder, copy, doc.findings));
  mustSee('sarif', seenSarif, sarif, (copy) => readSarif(folder, copy, doc.findings));
  // And the official schemas are applied at all.
  oscal['assessment-results'].results[0].findings = [];
  if (checkOscal !== null && checkOscal(oscal)) fault('oscal', 'the schema accepts an empty list of findings');
  if (checkSarif !== null && checkSarif({ version: '2.1.0' })) fault('sarif', 'the schema accepts no runs');
}
if (!mutated) fault('schema', 'no case had a finding');
process.exit(faults === 0 ? 0 : 1);
