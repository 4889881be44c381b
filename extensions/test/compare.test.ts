import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Agreement, ReductionAnswer, ReductionLine, RunLine } from '../src/api/types.ts';
import { candidates } from '../src/compare/candidates.ts';
import { trialIn } from '../src/compare/names.ts';
import {
  agreementNumbers,
  entryWords,
  leftOutWords,
  neighbour,
  number,
  percent,
  roomFor,
  unitOf,
  withReference,
  type Row
} from '../src/compare/words.ts';
import { trans } from './translating.ts';

const row = (more: Partial<Row>): Row => ({ what: 'd_min', unit: '', kind: 'value', entries: [], ...more });

test('a value is shown with its unit, and where it came from beside it', () => {
  const found = entryWords(row({ unit: 'angstrom' }), { value: 0.9, detail: 'request' });
  assert.deepEqual(found, { text: '0.9 angstrom', detail: 'request' });
  assert.equal(entryWords(row({}), { value: [1, 2], detail: '' }).text, '[1,2]');
  assert.equal(entryWords(row({}), { value: false, detail: '' }).text, 'false');
  assert.equal(entryWords(row({}), { value: '', detail: '' }).text, '""');
});

test('what a reduction does not have is a dash', () => {
  assert.equal(entryWords(row({}), null).text, '–');
});

test('a digest is shown by its beginning, and told whole', () => {
  const digest = 'ab'.repeat(32);
  const found = entryWords(row({ kind: 'digest' }), { value: digest, detail: 'a.nxs' });
  assert.deepEqual(found, { text: 'ababababab', detail: 'a.nxs', whole: digest });
});

test('a time is shown in words', () => {
  const found = entryWords(row({ kind: 'time' }), { value: '2026-03-02T08:00:00+00:00', detail: '' }, 'en');
  assert.match(found.text, /Mar 2, 2026/);
});

test('units are read from axis labels', () => {
  assert.deepEqual(
    ['d / Å', 'time (µs)', 'time [µs]', 'counts', 'I / counts/uAh'].map(unitOf),
    ['Å', 'µs', 'µs', '', 'counts/uAh']
  );
});

test('numbers have three digits, however large or small', () => {
  assert.deepEqual([0, 155.4, 0.01234, 1234567, 1.5e-9].map(value => number(value)), [
    '0',
    '155',
    '0.0123',
    '1.23e6',
    '1.50e-9'
  ]);
});

test('numbers of a difference carry their units; what is not known is left out', () => {
  const one = { reduction: 'B', why: '', points: 9, chi2_points: 9, greatest: 155, at: 1.632, relative: 0.0388, chi2: 1.011 };
  assert.deepEqual(agreementNumbers(one as Agreement, 'd / Å', 'I / counts'), [
    '155 counts',
    '1.632 Å',
    '3.9 %',
    '1.01',
    '9'
  ]);
  const unknown = { ...one, relative: null, chi2: null } as Agreement;
  assert.deepEqual(agreementNumbers(unknown, 'd', 'I').slice(2, 4), ['', '']);
});

test('bounds are rounded up', () => {
  assert.deepEqual([0.00181, 0.002, 0, 0.0102, 0.53, 3].map(percent), [
    '0.19 %',
    '0.2 %',
    '0 %',
    '1.1 %',
    '53 %',
    '300 %'
  ]);
});

test('one name is put first, the order of the others stays', () => {
  assert.deepEqual(withReference(['a', 'b', 'c'], 'c'), ['c', 'a', 'b']);
});

test('what finds no room in a comparison is said', () => {
  assert.deepEqual(roomFor(['a', 'b', 'a']), { taken: ['a', 'b'], left: [] });
  const { taken, left } = roomFor([...'abcdefghaij']);
  assert.deepEqual([taken.join(''), left], ['abcdefgh', ['i', 'j']]);
  assert.equal(leftOutWords(left, trans), 'Not compared, since 8 at once are the most: i, j.');
});

test('the result of a trial is known by its name', () => {
  assert.deepEqual(trialIn('trial:20260301-120000-abcdef:a:1'), { trial: '20260301-120000-abcdef', run: 'a:1' });
  assert.equal(trialIn('DEMO1-work-v1'), null);
  assert.equal(trialIn('trial:x'), null);
});

test('beside a column that is taken out is the next one, else the one before', () => {
  assert.deepEqual(['a', 'b', 'c'].map(name => neighbour(['a', 'b', 'c'], name)), ['b', 'c', 'b']);
  assert.equal(neighbour(['a'], 'a'), undefined);
});

const line = (name: string, template = 'powder'): ReductionLine => ({ name, template }) as ReductionLine;
const run = (id: number, number: number | null, ...reductions: ReductionLine[]): RunLine =>
  ({ id, instrument: 'X', run_number: number, reductions }) as RunLine;
const OF = {
  run: { id: 1, instrument: 'X', run_number: 10 },
  reduction: { template: 'powder' }
} as ReductionAnswer;

test('versions of the run come apart from other runs, of which the nearest is first', () => {
  const runs = [
    run(5, 90, line('far')),
    run(4, 12, line('near v2'), line('near v1')),
    run(1, 10, line('v3'), line('v2'), line('peaks v1', 'peaks'), line('v1')),
    run(3, null, line('unnumbered'))
  ];
  const found = candidates(OF, runs, ['v3', 'v1']);
  assert.deepEqual(found.versions.map(one => one.name), ['v2']);
  assert.deepEqual(found.others.map(one => one.name), ['near v2', 'unnumbered', 'far']);
});

test('runs of other instruments and templates are no candidates', () => {
  const other = { ...run(9, 11, line('elsewhere')), instrument: 'Y' } as RunLine;
  const found = candidates(OF, [other, run(2, 11, line('peaks', 'peaks'))], []);
  assert.deepEqual(found, { versions: [], others: [] });
});
