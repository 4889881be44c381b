import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Outline } from '../src/panel/outline.ts';
import { placeKey, type Row, runKey } from '../src/panel/rows.ts';
import { experiment, failed, rerun, run, runsOf } from './panelMaking.ts';

const LONG = 'cell 6: ValueError: no peak above three sigma in north';
const newestOpen = (_key: string, above: number): boolean => above === 0;
const allOpen = (): boolean => true;

function outlineOf(...args: Partial<Parameters<Outline['renew']>>): Outline {
  const outline = new Outline();
  const [experiments = [], newest = [], isOpen = newestOpen, keep = false] = args;
  outline.renew(experiments, newest, isOpen, keep);
  return outline;
}

function shown(outline: Outline, from = 0, to = outline.lines): string[] {
  return outline.rows(from, to).map(words);
}

function words(row: Row): string {
  const what = {
    group: () => row.group.experiment,
    hole: () => '?',
    run: () => (row as Row & { kind: 'run' }).run.name,
    reduction: () => (row as Row & { kind: 'reduction' }).reduction.name
  }[row.kind]();
  return `${row.line}+${row.span} ${what}`;
}

test('the newest group is open, with its known runs and holes for the others', () => {
  const outline = outlineOf(
    [experiment('RB2', 4), experiment('RB1', 9)],
    [...runsOf('RB2', 20, 2), ...runsOf('RB1', 15, 1)]
  );
  assert.deepEqual(shown(outline), ['0+1 RB2', '1+1 20', '2+1 19', '3+1 ?', '4+1 ?', '5+1 RB1']);
  assert.equal(outline.runs, 13);
});

test('rows tell their place among their siblings', () => {
  const outline = outlineOf([experiment('RB2', 3), experiment('RB1', 1)], runsOf('RB2', 9, 3));
  assert.deepEqual(
    outline.rows(0, 9).map(({ position, size }) => [position, size]),
    [[1, 2], [1, 3], [2, 3], [3, 3], [2, 2]]
  );
});

test('rows are numbered through, however many lines each takes', () => {
  const again = rerun(7, 'failed', 'succeeded');
  const runs = [run(9), failed(8, LONG), again, run(6)];
  const outline = outlineOf([experiment('RB2', 4), experiment('RB1', 2)], runs, allOpen);
  outline.setExpanded(again, true);
  const rows = outline.rows(0, outline.lines);
  assert.ok(outline.lines > rows.length);
  assert.equal(outline.count, rows.length);
  assert.deepEqual(rows.map(row => row.index), rows.map((_, index) => index));
  for (const row of rows) {
    assert.equal(outline.find(row.key)?.index, row.index, row.key);
    assert.equal(outline.at(row.line)?.index, row.index, row.key);
  }
});

test('a reason takes a line of its own, and all of its lines when it is expanded', () => {
  const bad = failed(8, LONG);
  const outline = outlineOf([experiment('RB1', 3)], [run(9), bad, run(7)]);
  assert.deepEqual(shown(outline), ['0+1 RB1', '1+1 9', '2+2 8', '4+1 7']);
  outline.setExpanded(bad, true);
  assert.deepEqual(shown(outline), ['0+1 RB1', '1+1 9', '2+3 8', '5+1 7']);
  outline.setExpanded(bad, false);
  assert.equal(outline.lines, 5);
});

test('a run that was reduced again expands to its reductions', () => {
  const again = rerun(9, 'failed', 'succeeded');
  again.reductions[0]!.reason = LONG;
  const outline = outlineOf([experiment('RB1', 2)], [again, run(8)]);
  assert.deepEqual(shown(outline), ['0+1 RB1', '1+2 9', '3+1 8']);
  outline.setExpanded(again, true);
  assert.deepEqual(shown(outline), [
    '0+1 RB1',
    '1+1 9',
    '2+3 DEMO9-work-v2',
    '5+1 DEMO9-work-v1',
    '6+1 8'
  ]);
});

test('any window shows the rows that overlap it, and each line has one row', () => {
  const runs = [run(9), failed(8, LONG), rerun(7, 'succeeded', 'failed'), failed(6, LONG), run(5)];
  const outline = outlineOf([experiment('RB1', 40), experiment('RB0', 2)], runs, allOpen);
  outline.setExpanded(runs[2]!, true);
  outline.setExpanded(runs[3]!, true);
  const all = outline.rows(0, outline.lines);
  assert.deepEqual(
    all.map(row => row.line),
    all.map((_, index) => all.slice(0, index).reduce((sum, row) => sum + row.span, 0))
  );
  for (let from = 0; from < outline.lines; from++) {
    for (const to of [from + 1, from + 3, from + 100]) {
      const expected = all.filter(row => row.line < to && row.line + row.span > from);
      assert.deepEqual(shown(outline, from, to), expected.map(words), `${from} to ${to}`);
    }
  }
  for (const row of all) {
    assert.equal(outline.find(row.key)?.line, row.line, row.key);
  }
});

test('pages are asked for where there are holes in what is shown, and only there', () => {
  const outline = outlineOf([experiment('RB2', 350), experiment('RB1', 5)], runsOf('RB2', 900, 100));
  assert.deepEqual(outline.missing(0, 50), []);
  assert.deepEqual(
    outline.missing(90, 260).map(want => want.offset),
    [100, 200]
  );
  assert.ok(outline.learn({ group: outline.groups[0]!, offset: 100 }, runsOf('RB2', 800, 100), 350));
  assert.deepEqual(
    outline.missing(90, 260).map(want => want.offset),
    [200]
  );
});

test('a page of another number of runs than was counted is not believed', () => {
  const outline = outlineOf([experiment('RB1', 250)]);
  const want = { group: outline.groups[0]!, offset: 0 };
  assert.equal(outline.learn(want, runsOf('RB1', 900, 100), 251), false);
  assert.deepEqual(outline.groups[0]!.known, []);
});

test('a pushed run that is known is replaced where it stands', () => {
  const outline = outlineOf([experiment('RB1', 3)], runsOf('RB1', 9, 3));
  outline.put(failed(8, 'cell 2: no'), newestOpen);
  outline.put(failed(8, 'cell 2: no'), newestOpen);
  assert.deepEqual(shown(outline), ['0+1 RB1', '1+1 9', '2+2 8', '4+1 7']);
});

test('a new run stands on top, and its group too, once', () => {
  const outline = outlineOf(
    [experiment('RB2', 1), experiment('RB1', 1)],
    [run(9, { experiment: 'RB2' }), run(8)],
    allOpen
  );
  outline.put(run(10), allOpen);
  outline.put(run(10), allOpen);
  assert.deepEqual(shown(outline), ['0+1 RB1', '1+1 10', '2+1 8', '3+1 RB2', '4+1 9']);
  outline.put(run(11, { experiment: 'RB3' }), newestOpen);
  assert.deepEqual(shown(outline).slice(0, 3), ['0+1 RB3', '1+1 11', '2+1 RB1']);
});

test('an old run that was never read is none of the new ones', () => {
  const outline = outlineOf([experiment('RB1', 300)], runsOf('RB1', 900, 100));
  outline.put(run(620), newestOpen);
  assert.equal(outline.runs, 300);
});

test('a place keeps its key when runs come above it', () => {
  const outline = outlineOf([experiment('RB1', 300)], runsOf('RB1', 900, 100));
  const key = placeKey(outline.groups[0]!, 250);
  assert.equal(outline.find(key)?.line, 251);
  outline.put(failed(901, 'cell 1: no'), newestOpen);
  assert.equal(outline.find(key)?.line, 253);
});

test('what was known may be kept where it was, counted from the end, and is read again once it is shown', () => {
  const outline = outlineOf([experiment('RB1', 300)], runsOf('RB1', 900, 100));
  outline.learn({ group: outline.groups[0]!, offset: 200 }, runsOf('RB1', 700, 100), 300);
  outline.renew([experiment('RB1', 302)], runsOf('RB1', 902, 100), newestOpen, true);
  assert.equal(outline.find(runKey(700))?.position, 203);
  assert.equal(outline.groups[0]!.known.length, 202);
  assert.deepEqual(outline.missing(0, 90), []);
  assert.deepEqual(outline.missing(210, 230).map(want => want.offset), [200]);
  outline.learn({ group: outline.groups[0]!, offset: 200 }, runsOf('RB1', 702, 100), 302);
  assert.deepEqual(outline.missing(210, 230), []);

  outline.renew([experiment('RB1', 2)], runsOf('RB1', 902, 2), newestOpen, false);
  assert.deepEqual(shown(outline), ['0+1 RB1', '1+1 902', '2+1 901']);
  assert.equal(outline.find(runKey(700)), null);
});

test('a run that was kept and is elsewhere stands there alone', () => {
  const outline = outlineOf([experiment('RB1', 5)], [run(9), run(8), run(7), run(6), run(5)]);
  // The second has gone, and what is told is only the newest two.
  outline.renew([experiment('RB1', 4)], [run(9), run(7)], newestOpen, true);
  assert.deepEqual(shown(outline), ['0+1 RB1', '1+1 9', '2+1 7', '3+1 6', '4+1 5']);
  // One in the middle has come, and the last but one has gone.
  outline.renew([experiment('RB1', 4)], [run(9), run(8)], newestOpen, true);
  outline.learn({ group: outline.groups[0]!, offset: 2 }, [run(7), run(5)], 4);
  assert.deepEqual(shown(outline), ['0+1 RB1', '1+1 9', '2+1 8', '3+1 7', '4+1 5']);
  outline.put(failed(6, 'cell 1: no'), newestOpen);
  assert.deepEqual(shown(outline).length, 5);
});

test('a hundred thousand runs are laid out at once', () => {
  const groups = Array.from({ length: 600 }, (_, index) => experiment(`RB${index}`, 167));
  const outline = outlineOf(groups, [], allOpen);
  assert.equal(outline.lines, 600 * 168);
  const last = outline.rows(outline.lines - 30, outline.lines);
  assert.equal(last.length, 30);
  assert.equal(last.at(-1)?.position, 167);
});
