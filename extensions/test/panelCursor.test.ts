import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Cursor } from '../src/panel/cursor.ts';
import { press } from '../src/panel/keys.ts';
import { Outline } from '../src/panel/outline.ts';
import { runKey } from '../src/panel/rows.ts';
import { experiment, failed, rerun, run } from './panelMaking.ts';

const RUNS = [run(9), failed(8, 'cell 2: no'), rerun(7, 'succeeded', 'succeeded'), run(6)];

function cursorAt(key: string | null): { outline: Outline; cursor: Cursor; where: () => string } {
  const outline = new Outline();
  outline.renew([experiment('RB1', 4), experiment('RB0', 3)], RUNS, (_, at) => at === 0, false);
  const cursor = new Cursor(outline);
  const row = key === null ? null : outline.find(key);
  if (row) {
    cursor.pick(row);
  }
  return { outline, cursor, where: () => cursor.row?.key ?? 'nowhere' };
}

function type(cursor: Cursor, ...keys: string[]): string[] {
  return keys.map(text => {
    const [key, ...held] = text.split('+').reverse();
    const isHeld = (one: string): boolean => held.includes(one);
    const pressed = { shiftKey: isHeld('Shift'), ctrlKey: isHeld('Control'), metaKey: isHeld('Meta') };
    return press(cursor, { key: key!, ...pressed }, 3);
  });
}

test('arrows go from row to row, past rows of several lines', () => {
  const { cursor, where } = cursorAt(runKey(9));
  type(cursor, 'ArrowDown', 'ArrowDown');
  assert.equal(where(), runKey(7));
  type(cursor, 'ArrowUp');
  assert.equal(where(), runKey(8));
  type(cursor, 'ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowUp');
  assert.equal(where(), 'group:DEMO/RB1');
});

test('home, end and pages stay within the list', () => {
  const { cursor, where } = cursorAt(null);
  type(cursor, 'ArrowDown');
  assert.equal(where(), 'group:DEMO/RB1');
  type(cursor, 'PageDown');
  assert.equal(where(), runKey(8));
  type(cursor, 'End');
  assert.equal(where(), 'group:DEMO/RB0');
  type(cursor, 'PageDown');
  assert.equal(where(), 'group:DEMO/RB0');
  type(cursor, 'Home');
  assert.equal(where(), 'group:DEMO/RB1');
});

test('right opens, then goes in; left goes out, then closes', () => {
  const { outline, cursor, where } = cursorAt(runKey(7));
  assert.deepEqual(type(cursor, 'ArrowRight'), ['toggle']);
  outline.setExpanded(RUNS[2]!, true);
  assert.deepEqual(type(cursor, 'ArrowRight'), ['moved']);
  assert.equal(where(), 'reduction:DEMO7-work-v2');
  type(cursor, 'ArrowLeft');
  assert.equal(where(), runKey(7));
  assert.deepEqual(type(cursor, 'ArrowLeft'), ['toggle']);
  outline.setExpanded(RUNS[2]!, false);
  type(cursor, 'ArrowLeft');
  assert.equal(where(), 'group:DEMO/RB1');
});

test('enter opens, space selects one more, other keys are not taken', () => {
  const { cursor } = cursorAt(runKey(9));
  assert.deepEqual(type(cursor, 'Enter', 'F5', ' '), ['open', 'none', 'moved']);
  assert.deepEqual(cursor.meant, []);
});

test('shift selects from where it began, forth and back', () => {
  const { cursor } = cursorAt(runKey(9));
  type(cursor, 'Shift+ArrowDown', 'Shift+ArrowDown');
  assert.deepEqual(names(cursor), ['DEMO9-work-v1', 'DEMO8-work-v1', 'DEMO7-work-v2']);
  type(cursor, 'Shift+ArrowUp');
  assert.deepEqual(names(cursor), ['DEMO9-work-v1', 'DEMO8-work-v1']);
});

test('several are selected one by one, and told in the order of the list', () => {
  const { outline, cursor } = cursorAt(runKey(6));
  cursor.pick(outline.find(runKey(9))!, 'toggle');
  assert.deepEqual(names(cursor), ['DEMO9-work-v1', 'DEMO6-work-v1']);
  cursor.pick(outline.find(runKey(6))!, 'toggle');
  assert.deepEqual(names(cursor), ['DEMO9-work-v1']);
  cursor.pick(outline.find('group:DEMO/RB1')!);
  assert.deepEqual(names(cursor), []);
});

test('with control held the cursor moves alone, so that rows apart from each other can be selected', () => {
  const { cursor, where } = cursorAt(runKey(9));
  for (const held of ['Control', 'Meta']) {
    type(cursor, `${held}+ArrowDown`, `${held}+ArrowDown`, `${held}+ `);
    assert.equal(where(), runKey(7));
    assert.deepEqual(names(cursor), ['DEMO9-work-v1', 'DEMO7-work-v2']);
    type(cursor, `${held}+ `, `${held}+ArrowUp`, `${held}+ArrowUp`);
    assert.deepEqual(names(cursor), ['DEMO9-work-v1']);
  }
  const others = ['Control+Enter', 'Control+ArrowRight', 'Meta+F10', 'Control+Shift+ArrowDown', 'F10'];
  assert.deepEqual(type(cursor, ...others), others.map(() => 'none'));
});

test('shift and F10 ask for the menu', () => {
  const { cursor, where } = cursorAt(runKey(9));
  assert.deepEqual(type(cursor, 'Shift+F10'), ['menu']);
  assert.equal(where(), runKey(9));
});

test('from a run that is not there any more, keys go to what is in its place', () => {
  const { outline, cursor, where } = cursorAt(runKey(7));
  outline.renew([experiment('RB1', 3)], RUNS.filter(one => one.id !== 7), () => true, true);
  assert.equal(where(), 'nowhere');
  type(cursor, 'ArrowDown');
  assert.equal(where(), runKey(6));
});

test('the cursor stays with its run when others come', () => {
  const { outline, cursor } = cursorAt(runKey(8));
  outline.put(run(10), () => true);
  assert.deepEqual([cursor.row?.key, cursor.row?.position], [runKey(8), 3]);
});

function names(cursor: Cursor): string[] {
  return cursor.meant.map(one => one.name);
}
