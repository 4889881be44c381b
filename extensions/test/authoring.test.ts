import assert from 'node:assert/strict';
import { test } from 'node:test';

import { draftForCheck, draftForTrial } from '../src/authoring/draft.ts';
import { templateAt } from '../src/authoring/places.ts';
import { byCell, nextAfter, sentence, summary } from '../src/authoring/problems.ts';
import { isEdited, stillTrue } from '../src/authoring/since.ts';
import { differenceWords, resultWords, rowWords, trialWords } from '../src/authoring/trialwords.ts';
import { changedValues, fieldsOf } from '../src/authoring/values.ts';
import { trans } from './translating.ts';

function problem(changes: object) {
  return { message: 'x is not defined', hint: '', severity: 'error', cell: null, line: null, ...changes } as never;
}

test('a template is known by where it lies', () => {
  const expected = { instrument: 'ENGINX', name: 'powder' };
  assert.deepEqual(templateAt('notebook_templates/ENGINX/powder.ipynb', 'notebook_templates'), expected);
  assert.deepEqual(templateAt('RTC:notebook_templates/ENGINX/powder.ipynb', 'notebook_templates'), expected);
  assert.deepEqual(templateAt('ENGINX/powder.ipynb', '.'), expected);
  for (const path of [
    'notebook_templates/powder.ipynb',
    'notebook_templates/ENGINX/old/powder.ipynb',
    'notebook_templates/ENGINX/steps.py',
    'notebook_templates/.x/powder.ipynb',
    'notebook_templates2/ENGINX/powder.ipynb',
    'archive/notebook_templates/ENGINX/powder.ipynb'
  ]) {
    assert.equal(templateAt(path, 'notebook_templates'), null, path);
  }
  assert.equal(templateAt('notebook_templates/ENGINX/powder.ipynb', null), null);
});

test('drafts leave outputs behind and change nothing', () => {
  const notebook = {
    cells: [
      { cell_type: 'code', source: 'a', outputs: [{ big: 'x' }, {}], execution_count: 3 },
      { cell_type: 'markdown', source: 'b' }
    ]
  };
  const before = structuredClone(notebook);
  assert.equal(draftForCheck(notebook).cells[0]?.outputs?.length, 1);
  assert.equal(draftForCheck(notebook).cells[0]?.['execution_count'], 3);
  assert.deepEqual(draftForTrial(notebook).cells[0]?.outputs, []);
  assert.deepEqual(draftForTrial(notebook).cells[1], notebook.cells[1]);
  assert.deepEqual(notebook, before);
});

test('problems by cell, in words, and one after the other', () => {
  const problems = [problem({}), problem({ cell: 2 }), problem({ cell: 2, severity: 'warning' })];
  assert.deepEqual([...byCell(problems)].map(([cell, found]) => [cell, found.length]), [
    [null, 1],
    [2, 2]
  ]);
  assert.equal(summary(problems, trans), '2 errors, 1 warning');
  assert.equal(summary([], trans), 'The check finds nothing wrong.');
  assert.equal(sentence(problem({ line: 3, hint: 'Did you mean y?' }), trans), 'line 3: x is not defined. Did you mean y?');
  assert.deepEqual([1, 4, 9, -1].map(from => nextAfter([9, 4], from)), [4, 9, 4, 4]);
  assert.equal(nextAfter([], 0), null);
});

test('a check that comes late marks the cells that it was asked about', () => {
  const problems = [problem({}), problem({ cell: 0 }), problem({ cell: 1 }), problem({ cell: 2 })];
  const then = ['a', 'b', 'c'].map(cell => ({ cell, text: `${cell} = 1` }));
  const [a, b, c] = then;
  assert.equal(isEdited(then, [...then]), false);
  assert.deepEqual([...stillTrue(problems, then, then).keys()], ['a', 'b', 'c']);

  const inserted = [{ cell: 'new', text: '' }, a!, b!, c!];
  assert.equal(isEdited(then, inserted), true);
  assert.deepEqual([...stillTrue(problems, then, inserted)], [
    ['a', [problems[1]]],
    ['b', [problems[2]]],
    ['c', [problems[3]]]
  ]);

  const changed = [b!, { cell: 'a', text: 'a = 2' }];
  assert.equal(isEdited(then, changed), true);
  assert.deepEqual([...stillTrue(problems, then, changed).keys()], ['b']);
  assert.equal(isEdited(then, [b!, a!, c!]), true);
});

test('results and trials in words', () => {
  const good = { state: 'succeeded', reason: '', seconds: 3.14 };
  const row = { state: 'running', cell: 2, cells: 9, heading: 'Focus', old: null, new: null, differences: null };
  assert.equal(resultWords(good as never, trans), '✔ succeeded in 3.1 s');
  assert.equal(resultWords({ ...good, state: 'failed', reason: 'no peak', seconds: null } as never, trans), '✖ failed: no peak');
  assert.equal(rowWords(row as never, trans), '◐ cell 2 of 9: Focus');
  assert.equal(rowWords({ ...row, cells: 0 } as never, trans), '◐ starting the kernel');
  assert.equal(differenceWords(row as never, trans), 'not reduced before');
  assert.equal(differenceWords({ ...row, old: good, differences: [] } as never, trans), 'as before');
  assert.equal(differenceWords({ ...row, old: good, differences: ['a', 'b'] } as never, trans), 'a; b');
  const trial = { state: 'queued', ahead: 1, reason: '', rows: [row, { ...row, new: good }] };
  assert.equal(trialWords(trial as never, trans), 'Waits for 1 other trial.');
  assert.equal(trialWords({ ...trial, state: 'running' } as never, trans), 'Running: 1 of 2 done.');
  assert.equal(trialWords({ ...trial, state: 'failed', reason: 'why' } as never, trans), 'Failed: why');
  assert.equal(trialWords({ ...trial, state: 'failed' } as never, trans), 'Ended: 1 of 2 succeeded.');
});

test('a form sends only what was changed', () => {
  const fields = fieldsOf({
    properties: {
      d_min: { default: 0.7, description: 'lower end', unit: 'angstrom' },
      bank: { default: 'both' },
      masked: { default: [] }
    }
  });
  assert.deepEqual(fields[0], { name: 'd_min', text: '0.7', help: 'angstrom · lower end' });
  assert.deepEqual(changedValues(fields, { d_min: '0.7', bank: ' both' }), {});
  assert.deepEqual(changedValues(fields, { d_min: '0.9', bank: 'north', masked: '[1]' }), {
    d_min: 0.9,
    bank: 'north',
    masked: [1]
  });
});
