import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { WatchLine, WatchPush } from '../src/api/types.ts';
import { type IOutput, type Step, stepsTo } from '../src/watch/outputs.ts';
import {
  cellLook,
  elapsed,
  type IStory,
  isOver,
  NOTHING_KNOWN,
  runningCell,
  takePush
} from '../src/watch/story.ts';
import { besideWords, counting, noteWords, progressWords } from '../src/watch/words.ts';

const TIME = '2026-03-01T12:00:00Z';
const NOW = Date.parse(TIME);

const trans = {
  __: (text: string, ...values: unknown[]) =>
    text.replace(/%(\d)/g, (_, place) => String(values[Number(place) - 1])),
  _n: (one: string, many: string, n: number) => (n === 1 ? one : many).replace('%1', String(n))
} as unknown as Parameters<typeof progressWords>[1];

const begun: WatchLine = { kind: 'notebook', content: {}, time: TIME };

function start(index: number, cell: number): WatchLine {
  return { kind: 'start', index, cell, cells: 3, time: TIME };
}

function end(index: number, status = 'completed'): WatchLine {
  return { kind: 'end', index, status, seconds: 1.5, execution_count: 1, time: TIME };
}

function push(lines: WatchLine[], more: Partial<WatchPush> = {}): WatchPush {
  return { attempt: 1, offset: 10, now: TIME, lines, standing: null, trouble: null, ...more };
}

function standing(state: string, more = {}): Partial<WatchPush> {
  return { standing: { state, reason: '', ahead: null, served: true, notebook: null, ...more } } as Partial<WatchPush>;
}

function story(...pushes: WatchPush[]): IStory {
  return pushes.reduce((before, one) => takePush(before, one, NOW), NOTHING_KNOWN);
}

test('cells are done, run, or wait, and texts go with the cells below them', () => {
  const told = story(push([begun, start(1, 1), end(1), start(3, 2)], standing('running')));
  const looks = [0, 1, 2, 3, 4, 5].map(index => cellLook(told, index, index % 2 === 1));
  assert.deepEqual(looks, ['done', 'done', 'done', 'running', 'waiting', 'waiting']);
  assert.equal(runningCell(told), 3);
  assert.equal(progressWords(told, trans), 'cell 2 of 3');
});

test('beside a code cell stands its time, or that it waits, while there is something to wait for', () => {
  const told = story(push([begun, start(1, 1), end(1), start(3, 2)], standing('running')));
  const words = [1, 3, 5].map(index => besideWords(told, index, NOW + 7000, trans));
  assert.deepEqual(words, ['1.5 s', '0:07', 'waiting']);
  const over = takePush(told, push([], standing('cancelled')), NOW);
  assert.equal(besideWords(over, 5, NOW, trans), '');
});

test('a cell that failed says so, and so does one that ran when all ended', () => {
  const failed = story(push([begun, start(1, 1), end(1, 'failed')]));
  assert.equal(cellLook(failed, 1, true), 'failed');
  const killed = story(push([begun, start(1, 1)], standing('cancelled')));
  assert.equal(cellLook(killed, 1, true), 'failed');
  assert.equal(runningCell(killed), null);
  assert.equal(isOver(killed), true);
});

test('another attempt begins anew, and a place in the queue has no time', () => {
  const again = story(
    push([begun, start(1, 1), end(1)], standing('running')),
    push([begun], { attempt: 0, offset: 0, ...standing('queued', { ahead: 2, reason: 'the worker died' }) })
  );
  assert.equal(again.cells.size, 0);
  assert.equal(again.begun, null);
  assert.equal(
    progressWords(again, trans),
    '2 reductions are ahead of it; tried again because the worker died'
  );
  const later = takePush(again, push([begun], { attempt: 2, ...standing('running') }), NOW);
  assert.equal(later.begun, TIME);
  assert.equal(progressWords(later, trans), 'its kernel is starting');
  const stored = takePush(later, push([{ kind: 'ended', time: TIME }]), NOW);
  assert.equal(progressWords(stored, trans), 'the result is being stored');
});

test('time is that of the server, whatever this clock says', () => {
  const told = takePush(NOTHING_KNOWN, push([begun]), NOW - 60_000);
  assert.equal(elapsed(told, TIME, NOW - 60_000 + 7000), 7000);
  assert.equal(elapsed(told, '2026-03-01T13:00:00Z', NOW), 0);
  assert.equal(counting(7900), '0:07');
  assert.equal(counting(127_000), '2:07');
});

test('what the reader must know is one sentence', () => {
  const running = story(push([begun], standing('running')));
  assert.equal(noteWords(running, true, trans), '');
  assert.match(noteWords(running, false, trans), /connection to the Jupyter server is lost/);
  const troubled = takePush(running, push([], { trouble: 'the catalogue is away' }), NOW);
  assert.match(noteWords(troubled, true, trans), /just now: the catalogue is away/);
  assert.equal(noteWords(takePush(troubled, push([], { trouble: '' }), NOW), true, trans), '');
  const unserved = takePush(running, push([], standing('running', { served: false })), NOW);
  assert.match(noteWords(unserved, true, trans), /service is not running.*nbreduce up/);
  assert.equal(noteWords(takePush(unserved, push([], standing('running')), NOW), true, trans), '');
  const full = takePush(running, push([{ kind: 'full' }]), NOW);
  assert.match(noteWords(full, true, trans), /The rest is in its notebook/);
  const ended = story(push([], standing('failed', { reason: 'no peak' })));
  assert.match(noteWords(ended, true, trans), /It has ended: failed \(no peak\)/);
  assert.equal(progressWords(ended, trans), '');
  const opened = story(push([], standing('succeeded', { notebook: 'a.ipynb' })));
  assert.equal(noteWords(opened, true, trans), '');
  assert.equal(progressWords(opened, trans), 'its notebook opens');
});

function stream(text: string, name = 'stdout'): IOutput {
  return { output_type: 'stream', name, text };
}

function shown(text: string): IOutput {
  return { output_type: 'display_data', data: { 'text/plain': text } };
}

/** Does what JupyterLab's output model does with steps. */
function apply(before: readonly IOutput[], steps: readonly Step[]): IOutput[] {
  const found: IOutput[] = [];
  const add = (output: IOutput): void => {
    const last = found.at(-1);
    if (last?.output_type === 'stream' && output.output_type === 'stream' && last.name === output.name) {
      found[found.length - 1] = { ...last, text: `${String(last.text)}${String(output.text)}` };
    } else {
      found.push(output);
    }
  };
  before.forEach(add);
  for (const step of steps) {
    if (step.do === 'add') {
      add(step.output);
    } else if (step.do === 'set') {
      assert.notEqual(found[step.index].output_type, 'stream');
      found[step.index] = step.output;
    } else {
      found.length = 0;
      step.outputs.forEach(add);
    }
  }
  return found;
}

test('new outputs are added, a changed display is replaced where it stands', () => {
  assert.deepEqual(stepsTo([shown('a')], 1, [stream('b')]), [{ do: 'add', output: stream('b') }]);
  const before = [stream('a'), stream('b'), shown('c'), stream('d')];
  assert.deepEqual(stepsTo(before, 2, [shown('C'), stream('d'), shown('e')]), [
    { do: 'set', index: 1, output: shown('C') },
    { do: 'add', output: shown('e') }
  ]);
  assert.deepEqual(stepsTo(before, 0, []), [{ do: 'reset', outputs: [] }]);
});

test('whatever changes, what is shown in the end is what the notebook has', () => {
  const kinds = [stream('a'), stream('b'), stream('e', 'stderr'), shown('x'), shown('y')];
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  const some = (): IOutput[] => Array.from({ length: random(5) }, () => kinds[random(kinds.length)]);
  for (let turn = 0; turn < 2000; turn += 1) {
    const before = some();
    const from = random(before.length + 1);
    const changed = some();
    const after = [...before.slice(0, from), ...changed];
    assert.deepEqual(apply(before, stepsTo(before, from, changed)), apply(after, []));
  }
});
