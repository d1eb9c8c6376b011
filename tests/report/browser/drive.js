// Opens the pages that t_browser.sh made, and does with them what a reader does.
'use strict';
const [, , modules, chromiumPath, work] = process.argv;
const fs = require('fs');
const path = require('path');
const { chromium } = require(path.join(modules, 'playwright-core'));
const axe = fs.readFileSync(path.join(modules, 'axe-core/axe.min.js'), 'utf8');

let failures = 0;
let checks = 0;
function same(what, want, came) {
  checks++;
  if (JSON.stringify(want) !== JSON.stringify(came)) {
    failures++;
    console.error(`${what}: expected ${JSON.stringify(want)}, came ${JSON.stringify(came).slice(0, 1500)}`);
  }
}
const read = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));

// A page that must ask for nothing but itself, say nothing in the console and break no policy.
async function open(browser, file, hash, options) {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, ...options });
  page.said = [];
  page.asked = [];
  page.on('console', (m) => page.said.push(m.text()));
  page.on('pageerror', (e) => page.said.push(String(e)));
  page.on('request', (r) => page.asked.push(r.url().split('#')[0]));
  await page.addInitScript(() => {
    window.broken = [];
    document.addEventListener('securitypolicyviolation', (e) => window.broken.push(e.violatedDirective));
  });
  await page.goto('file://' + file + (hash || ''));
  return page;
}

async function close(page, what, file, names) {
  same(`${what}: console`, [], page.said);
  same(`${what}: violations of the policy`, [], await page.evaluate(() => window.broken));
  same(`${what}: requests`, ['file://' + file], [...new Set(page.asked)]);
  const text = await page.evaluate(() => document.body.innerText);
  same(`${what}: text that a script lost`, [], (text.match(/undefined|NaN|\[object|\{\w+\}/g) || []).filter((t) => !names || t !== names));
  await page.close();
}

const hash = (page) => page.evaluate(() => location.hash);
async function settled(page, want) {
  await page.waitForFunction((w) => location.hash === w, want, { timeout: 20000 });
  // hashchange comes after; what it does is done before the next task.
  await page.evaluate(() => new Promise((done) => setTimeout(() => setTimeout(done))));
}
async function goTo(page, to) {
  await page.evaluate((h) => { location.hash = h; }, to);
  await settled(page, to);
}
async function shown(page) {
  const text = await page.textContent('#count');
  return /^\d/.test(text) ? Number(text.split(' ')[0].replace(/,/g, '')) : 0;
}
const openedId = (page) => page.evaluate(() => {
  const button = document.querySelector('#findings ~ table button[aria-expanded=true]');
  return button ? button.closest('tr').dataset.id : null;
});

// Counts under every filter are those of findings.json.
async function filters(browser, folder) {
  const file = path.join(folder, 'report.html');
  const all = read(path.join(folder, 'findings.json')).findings;
  const page = await open(browser, file);
  const group = (f) => (/\/resourcegroups\/([^/]+)/.exec((f.subject || '').toLowerCase()) || ['', ''])[1];
  same('all findings', all.length, await shown(page));
  // Two benchmarks may have a control of the same id: that of the preview is named with its benchmark.
  const first = all.find((f) => f.control_id !== null).benchmark;
  const taken = new Set(all.filter((f) => f.benchmark === first).map((f) => f.control_id));
  const controlOf = (f) => f.control_id === null ? 'none' : f.benchmark !== first && taken.has(f.control_id) ? `${f.benchmark}:${f.control_id}` : f.control_id;
  const keys = [...new Set(all.map(controlOf))];
  same('two benchmarks share an id', true, keys.some((k) => k.includes(':')));
  for (const k of keys) {
    const mine = all.filter((f) => controlOf(f) === k);
    await goTo(page, '#control=' + encodeURIComponent(k));
    same(`control ${k}`, mine.length, await shown(page));
    const cells = await page.$$eval('.heat td[data-control="' + k + '"]', (list) => list.map((td) => [td.dataset.service, td.title]));
    for (const [service, said] of cells) {
      const inCell = mine.filter((f) => (f.service === null ? 'none' : f.service) === service).length;
      same(`the cell ${k}, ${service}`, inCell, said.match(/\d[\d,]*/g).reduce((sum, n) => sum + Number(n.replace(/,/g, '')), 0));
    }
  }
  const fields = { status: 'status', service: 'service', responsibility: 'responsibility', subscription: 'subscription', snapshot: 'snapshot' };
  for (const [name, field] of Object.entries(fields)) {
    for (const v of new Set(all.map((f) => f[field]))) {
      const value = v === null ? (name === 'subscription' ? '-' : 'none') : v;
      await goTo(page, `#${name}=${encodeURIComponent(value)}`);
      same(`${name} ${value}`, all.filter((f) => f[field] === v).length, await shown(page));
    }
  }
  const groups = [...new Set(all.map(group))].filter((g) => g !== '');
  for (const g of groups) {
    await goTo(page, '#group=' + encodeURIComponent(g));
    same(`group ${g}`, all.filter((f) => group(f).includes(g)).length, await shown(page));
  }
  await goTo(page, '#snapshot=2026-11&q=oai-chat');
  same('a row says its snapshot', true, (await page.innerText('.list .row')).includes('2026-11'));
  const one = all.find((f) => f.status === 'fail');
  await goTo(page, `#status=fail&control=${one.control_id}&service=${one.service}`);
  same('three filters', all.filter((f) => f.status === 'fail' && f.benchmark === first && f.control_id === one.control_id && f.service === one.service).length, await shown(page));
  await goTo(page, '#q=' + one.id);
  same('search of an id', 1, await shown(page));
  await goTo(page, '#q=nothing%20has%20this%20text');
  same('search of nothing', 0, await shown(page));
  // By hand, as a reader: the address follows.
  await page.click('.filters button.reset');
  await settled(page, '#all=');
  await page.selectOption('.filters select', 'fail');
  await settled(page, '#status=fail');
  same('chosen by hand', all.filter((f) => f.status === 'fail').length, await shown(page));
  await page.fill('.filters input[type=search]', one.subject);
  await settled(page, '#status=fail&q=' + encodeURIComponent(one.subject));
  same('searched by hand', all.filter((f) => f.status === 'fail' && (f.subject + '\n' + f.reason).toLowerCase().includes(one.subject.toLowerCase())).length, await shown(page));
  await close(page, 'filters', file);
}

// The address is the state: linked, reloaded, gone back in.
async function address(browser, folder) {
  const file = path.join(folder, 'report.html');
  const all = read(path.join(folder, 'findings.json')).findings;
  const one = all.filter((f) => f.status === 'fail')[3];
  const other = all.find((f) => f.status === 'pass');
  let page = await open(browser, file, '#status=fail&page=1&f=' + one.id);
  same('a linked finding is open', one.id, await openedId(page));
  same('the filter of the link', 'fail', await page.inputValue('.filters select'));
  await page.reload();
  same('open after a reload', one.id, await openedId(page));
  const before = await hash(page);
  await page.click('tr[data-id="' + one.id + '"] button');
  await page.waitForSelector('#detail', { state: 'detached', timeout: 20000 });
  const closed = await hash(page);
  same('the filter stays', true, closed.startsWith('#status=fail'));
  same('closed', null, await openedId(page));
  await page.goBack();
  await settled(page, before);
  same('open again after going back', one.id, await openedId(page));
  await page.goForward();
  await settled(page, closed);
  same('closed after going forward', null, await openedId(page));
  await goTo(page, '#status=fail&f=' + other.id);
  same('a finding that the filter hides is said', true, await page.isVisible('#count + .notice'));
  await goTo(page, '#f=00000000-0000-0000-0000-000000000000');
  same('a finding of another report is said', true, await page.isVisible('#count + .notice'));
  await goTo(page, '#f=' + all[all.length - 1].id);
  same('a finding is found on whatever page', all[all.length - 1].id, await openedId(page));
  await goTo(page, '#page=2');
  const first = await page.textContent('.list tbody tr');
  await page.click('.pager button');
  await settled(page, '#all=');
  same('another page', true, first !== await page.textContent('.list tbody tr'));
  for (const bad of ['#status=nonsense', '#page=-3', '#f=%E0%A4%A', '#q=%', '#__proto__=1', '#page=99999', '#f=' + encodeURIComponent('<img src=x onerror=window.hit=1>'), '#q=' + encodeURIComponent('<script>window.hit=1</script>'), '#constructor=1&service=toString', '#snapshot=__proto__']) {
    await goTo(page, bad);
    same(`${bad} is borne`, true, (await page.textContent('#count')).length > 0);
  }
  same('no address runs', [undefined, 0], await page.evaluate(() => [window.hit, document.images.length]));
  await close(page, 'address', file);
}

// What a finding opens to, and whether its links lead to files in the unpacked package.
async function details(browser, folder) {
  const file = path.join(folder, 'report.html');
  const all = read(path.join(folder, 'findings.json')).findings;
  const page = await open(browser, file);
  const picked = ['pass', 'fail', 'unknown', 'manual', 'inherited', 'notapplicable', 'exempt'].map((s) => all.find((f) => f.status === s)).filter((f) => f);
  for (const f of picked) {
    await goTo(page, '#f=' + f.id);
    const text = await page.innerText('#detail');
    same(`${f.status}: subject`, true, text.includes(f.subject));
    same(`${f.status}: SHA-256`, true, f.evidence.every((e) => text.includes(e.sha256)));
    same(`${f.status}: pointers`, true, f.observed.every((o) => text.includes(o.pointer)));
    const hrefs = await page.$$eval('#detail a:not(.here)', (list) => list.map((a) => a.getAttribute('href')));
    same(`${f.status}: a link to each place`, true, hrefs.length >= f.evidence.length);
    for (const h of hrefs) { same(`${h} is there`, true, fs.existsSync(path.join(folder, decodeURIComponent(h)))); }
  }
  const failed = all.find((f) => f.status === 'fail' && f.source === 'rule' && f.observed.length > 0 && f.observed[0].value !== null);
  await goTo(page, '#f=' + failed.id);
  await page.click('#detail .rule summary');
  same('the SQL of the rule', true, /select/i.test(await page.innerText('#detail .rule pre')));
  const marked = await page.innerText('#detail mark');
  same('the excerpt marks what was observed', true, marked.length > 0 && (await page.innerText('#detail .excerpt')).includes(marked));
  const index = await page.$$eval('#index ~ .scroll a', (list) => list.map((a) => a.getAttribute('href')));
  same('the evidence index has links', true, index.length > 0);
  for (const h of index) { same(`${h} is there`, true, fs.existsSync(path.join(folder, decodeURIComponent(h)))); }
  await close(page, 'details', file);
}

// Nothing but keys.
async function keyboard(browser, folder) {
  const file = path.join(folder, 'report.html');
  const page = await open(browser, file);
  const focus = () => page.evaluate(() => { const e = document.activeElement; return e.id || e.className || e.tagName; });
  await page.keyboard.press('Tab');
  same('the first key reaches the skip link', 'skip', await focus());
  await page.keyboard.press('Enter');
  same('which leads to the findings', 'findings', await focus());
  await page.keyboard.press('Tab');
  same('next is the search', 'search', await page.evaluate(() => document.activeElement.type));
  await page.keyboard.type('oai');
  await settled(page, '#q=oai');
  const found = await shown(page);
  await page.keyboard.press('Tab');
  await page.keyboard.type('Fail');
  await settled(page, '#status=fail&q=oai');
  same('fewer than before', true, await shown(page) < found && await shown(page) > 0);
  let steps = 0;
  while (await focus() !== 'link' && steps < 20) { await page.keyboard.press('Tab'); steps++; }
  same('a finding is within reach', 'link', await focus());
  await page.keyboard.press('Enter');
  await page.waitForSelector('#detail', { timeout: 20000 });
  same('it says that it is open', 'true', await page.evaluate(() => document.activeElement.getAttribute('aria-expanded')));
  await page.keyboard.press('Enter');
  await page.waitForSelector('#detail', { state: 'detached', timeout: 20000 });
  same('and keeps the focus', 'link', await focus());
  await close(page, 'keyboard', file);
}

// Both themes, a wide and a narrow screen, a finding open: no violation of WCAG 2.1 AA.
async function accessible(browser, file, hashes, what, themes, widths) {
  for (const colorScheme of themes) {
    for (const width of widths) {
      const page = await open(browser, file, hashes, { viewport: { width: width, height: 800 }, colorScheme: colorScheme });
      await page.evaluate(axe);
      const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })
        .then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200) + ' ' + (n.any[0] ? n.any[0].message : '')).join(' | '))));
      same(`${what}, ${colorScheme}, ${width}: axe`, [], found);
      same(`${what}, ${colorScheme}, ${width}: no scrolling sideways`, true, await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth));
      const levels = await page.$$eval('h1, h2, h3', (list) => list.map((h) => Number(h.tagName[1])));
      same(`${what}: headings in order`, true, levels[0] === 1 && levels.every((l, i) => i === 0 || l <= levels[i - 1] + 1));
      await close(page, `${what}, ${colorScheme}, ${width}`, file);
    }
  }
}

async function hostile(browser, folder) {
  const file = path.join(folder, 'report.html');
  const all = read(path.join(folder, 'findings.json')).findings;
  const page = await open(browser, file);
  same('hostile: all findings', all.length, await shown(page));
  let details = '';
  for (const subject of new Set(all.map((f) => f.subject))) {
    const f = all.find((g) => g.subject === subject && g.observed.some((o) => o.pointer.endsWith('/publicNetworkAccess'))) || all.find((g) => g.subject === subject);
    await goTo(page, '#f=' + f.id);
    same(`hostile: ${subject.slice(0, 120)} opens`, f.id, await openedId(page));
    details += await page.innerText('#detail');
    same('hostile: no link without a package', 0, await page.$$eval('#detail a:not(.here)', (list) => list.length));
  }
  same('hostile: nothing ran', undefined, await page.evaluate(() => window.hit));
  same('hostile: no element came of a name', 0, await page.$$eval('img, b:not(.figures b), script:not([type]) ~ script', (list) => list.length));
  for (const [i, visible] of [[1, '"</script><script>window.hit = 1</script>"'], [2, '<!--<script>'], [3, ']]><img src=x'], [4, 'onmouseover='], [5, 'a\u27e8U+2028\u27e9b'], [6, '\u27e8U+FFFD\u27e9lone'], [7, '{{js}}']]) {
    same(`hostile: value ${i} shows as ${visible}`, true, details.includes(visible));
  }
  for (const [text, visible] of [['cod.exe', '\u27e8U+202E\u27e9cod.exe'], ['zero', 'zero\u27e8U+200B\u27e9width'], ['bell', 'nul\u27e8U+0007\u27e9bell'], ['script', '<script><script>window.hit']]) {
    await goTo(page, '#q=' + encodeURIComponent(text));
    same(`hostile: ${text} shows as ${visible}`, true, (await page.innerText('.list')).includes(visible));
  }
  same('hostile: nothing hides', null, /[\u200b\u202e\u2028\ufeff\u0000]/.exec(await page.evaluate(() => document.body.innerText)));
  await close(page, 'hostile', file, '{js}');
}

// The policy is what stops a script that got in all the same.
async function policy(browser, file) {
  const page = await open(browser, file);
  const got = [];
  page.on('requestfinished', (r) => got.push(r.url()));
  const broken = await page.evaluate(async () => {
    const add = (name, set) => { const e = document.createElement(name); set(e); document.body.append(e); return e; };
    add('script', (e) => { e.textContent = 'window.hit = 1'; });
    add('script', (e) => { e.src = 'other.js'; });
    add('style', (e) => { e.textContent = 'body { color: red }'; });
    add('p', (e) => { e.setAttribute('style', 'color: red'); });
    add('p', (e) => { e.setAttribute('onclick', 'window.hit = 2'); }).click();
    add('img', (e) => { e.src = 'data:image/png;base64,AAAA'; });
    add('base', (e) => { e.href = 'https://example.invalid/'; });
    add('iframe', (e) => { e.src = 'other.html'; });
    add('object', (e) => { e.data = 'other.html'; });
    add('form', (e) => { e.action = 'https://example.invalid/'; }).submit();
    await fetch('https://example.invalid/').catch(() => null);
    await new Promise((done) => setTimeout(done, 300));
    return [...new Set(window.broken)].sort();
  });
  same('the policy refuses each of them', ['base-uri', 'connect-src', 'form-action', 'frame-src', 'img-src', 'object-src', 'script-src-attr', 'script-src-elem', 'style-src-attr', 'style-src-elem'], broken);
  same('nothing ran', undefined, await page.evaluate(() => window.hit));
  same('nothing was got', [], got);
  await page.close();
}

// A redacted package: markers where secrets were, links to what is there, and words for what is not.
async function redacted(browser, work) {
  const top = path.join(work, 'redacted', fs.readdirSync(path.join(work, 'redacted'))[0], 'data');
  const file = path.join(top, 'report.html');
  const secret = fs.readFileSync(path.join(work, 'secret.txt'), 'utf8');
  const said = read(path.join(top, 'redactions.json'));
  const copies = new Set(said.redactions.map((r) => r.path));
  const gone = said.withheld.map((w) => w.path);
  same('redacted: copies and what is left out', [true, true], [copies.size >= 3, gone.length > 0]);
  for (const part of [secret, secret.slice(0, 20), secret.slice(30, 50), secret.slice(-20), JSON.stringify(secret).slice(1, -1)]) {
    same('redacted: no part of the secret in the page', false, fs.readFileSync(file, 'utf8').includes(part));
  }
  const page = await open(browser, file);
  same('redacted: the page says so', true, (await page.innerText('#top')).includes('redactions.json'));
  const all = read(path.join(top, 'findings.json')).findings;
  let markers = 0;
  let told = 0;
  for (const f of all.filter((f) => f.evidence.some((e) => copies.has(e.path)))) {
    await goTo(page, '#f=' + f.id);
    markers += (await page.innerText('#detail')).includes('EVPACK-REDACTED-') ? 1 : 0;
    told += await page.$$eval('#detail .place strong', (list) => list.length) > 0 ? 1 : 0;
    for (const h of await page.$$eval('#detail .place a', (list) => list.map((a) => a.getAttribute('href')))) {
      same(`redacted: ${h} is there`, true, fs.existsSync(path.join(top, decodeURIComponent(h))));
    }
  }
  same('redacted: excerpts with a marker, copies that are named so', [true, true], [markers > 0, told > 0]);
  const index = await page.innerText('#index ~ .scroll');
  const links = await page.$$eval('#index ~ .scroll a', (list) => list.map((a) => decodeURIComponent(a.getAttribute('href'))));
  for (const g of gone) {
    same(`redacted: ${g} is named, and no link`, [true, false], [index.includes(g), links.includes(g.replace(/^data\//, ''))]);
    same(`redacted: ${g} is not there`, false, fs.existsSync(path.join(top, '..', g)));
  }
  for (const h of links) { same(`redacted: ${h} is there`, true, fs.existsSync(path.join(top, h))); }
  await close(page, 'redacted', file);
}

(async () => {
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
  const top = path.join(work, 'unpacked', fs.readdirSync(path.join(work, 'unpacked'))[0], 'data');
  await filters(browser, top);
  await address(browser, top);
  await details(browser, top);
  await keyboard(browser, top);
  const whole = path.join(top, 'report.html');
  const one = read(path.join(top, 'findings.json')).findings.find((f) => f.status === 'fail');
  await accessible(browser, whole, '#status=fail&f=' + one.id, 'sample', ['light', 'dark'], [1400, 360]);
  const page = await open(browser, whole);
  same('change, samples and the rest are drawn', ['drift', 'samples', 'decisions', 'reconciled', 'engagement', 'completeness', 'index', 'custody', 'method', 'verify'],
    (await page.$$eval('main h2', (list) => list.map((h) => h.id))).slice(6, -1));
  const drawn = (await page.$$eval('#samples ~ .scroll a', (list) => list.map((a) => a.getAttribute('href')))).slice(0, 3);
  for (const h of drawn) {
    await goTo(page, h);
    same(`the drawn finding ${h} opens`, h.slice(3), await openedId(page));
  }
  same('so many were drawn', 3, drawn.length);
  await page.emulateMedia({ media: 'print' });
  same('no filters on paper', false, await page.isVisible('.filters'));
  await close(page, 'whole', whole);
  const capped = path.join(work, 'capped/report.html');
  const few = await open(browser, capped);
  same('a capped page holds so many', 40, await shown(few));
  same('and says where the rest is', true, (await few.innerText('#findings + .notice')).includes('findings.csv'));
  await close(few, 'capped', capped);
  await hostile(browser, path.join(work, 'hostile'));
  await redacted(browser, work);
  await policy(browser, whole);
  await browser.close();
  console.log(`${checks} checks, ${failures} failed`);
  process.exit(failures === 0 ? 0 : 1);
})().catch((e) => { console.error(e); process.exit(1); });
