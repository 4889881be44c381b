import assert from 'node:assert/strict';
import { test } from 'node:test';

import { EVERYTHING, leavesAll, queryOf, withState, without } from '../src/panel/filter.ts';
import { tellReduction, tellRun } from '../src/panel/story.ts';
import { canExpand, toldOf } from '../src/panel/told.ts';
import { at, failed, reduction, rerun, run, START, TRANS } from './panelMaking.ts';

const NOW = new Date(START + 67_000);

test('a run that is reduced tells how far it is', () => {
  const going = reduction('DEMO5-work-v1', {
    state: 'running',
    ended: null,
    progress: { cell: 5, cells: 9, status: 'running', heading: 'Fit peaks', time: at(60) }
  });
  const story = tellRun(run(5, { reductions: [going] }), NOW, TRANS);
  assert.equal(story.time, '5/9 · 1:06');
  assert.equal(story.part, 5 / 9);
  assert.equal(story.label, 'Run 5, Fe bar, running, v1, cell 5 of 9');
  assert.match(story.tooltip, /cell 5 of 9, Fit peaks/);
});

test('a failed run says why, a skipped one too', () => {
  const story = tellRun(failed(5, 'cell 2: no peak'), NOW, TRANS);
  assert.match(story.label, /^Run 5, Fe bar, failed, cell 2: no peak, v1, 1 min/);
  const skipped = tellRun(run(6, { skipped: 'no counts', reductions: [], title: '' }), NOW, TRANS);
  assert.match(skipped.label, /^Run 6, \(no title\), skipped, no counts, 1 min/);
  assert.deepEqual([skipped.reason, skipped.version], ['no counts', '']);
});

test('warnings are told to those too who do not see their sign', () => {
  const made = reduction('DEMO5-work-v1', { warnings: 2 });
  assert.match(tellRun(run(5, { reductions: [made] }), NOW, TRANS).label, /succeeded, 2 warnings, v1/);
  assert.match(tellReduction({ ...made, warnings: 1 }, NOW, TRANS).label, /succeeded, 1 warning,/);
});

test('only the newest version of each template counts: what is going on, then what went wrong', () => {
  assert.equal(toldOf(rerun(5, 'succeeded', 'failed'))?.version, 2);
  assert.equal(toldOf(rerun(5, 'running', 'failed'))?.state, 'running');
  const two = run(5, {
    reductions: [
      reduction('b', { template: 'peaks' }),
      reduction('a', { state: 'failed', reason: 'cell 1: no' })
    ]
  });
  assert.equal(toldOf(two)?.name, 'a');
  const { version, reason } = tellRun(two, NOW, TRANS);
  assert.deepEqual([version, reason], ['', 'work: cell 1: no']);
});

test('what a template that nobody asked again made is told by template and version', () => {
  const again = reduction('DEMO5-work-v2', { version: 2, rerun_of: 'DEMO5-work-v1' });
  const story = tellReduction(again, NOW, TRANS);
  assert.deepEqual([story.name, story.title], ['work v2', 'rerun by ana']);
});

test('only what holds more than its line can be expanded', () => {
  assert.deepEqual(
    [run(1), rerun(1, 'succeeded', 'succeeded'), failed(1, 'no'), failed(1, 'n'.repeat(60))].map(
      canExpand
    ),
    [false, true, false, true]
  );
});

test('a filter asks for whole days of the reader, both included', () => {
  const filter = { ...EVERYTHING, since: '2026-03-01', until: '2026-03-01', search: ' fe ' };
  const query = queryOf(filter);
  assert.equal(query.since, new Date(2026, 2, 1).toISOString());
  assert.equal(query.until, new Date(2026, 2, 2).toISOString());
  assert.equal(query.search, 'fe');
  assert.ok(leavesAll(without(without(without(filter, 'since'), 'until'), 'search')));
  assert.equal(queryOf({ ...EVERYTHING, since: '2026-03' }).since, '');
});

test('states are added and taken away', () => {
  const some = withState(withState(EVERYTHING, 'failed', true), 'skipped', true);
  assert.deepEqual(some.states, ['failed', 'skipped']);
  assert.deepEqual(withState(some, 'failed', false).states, ['skipped']);
});
