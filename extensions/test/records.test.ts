import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  type ICell,
  indexOfCodeCell,
  indexOfFailedCell,
  indexOfTag,
  originOf,
  readRecord
} from '../src/records/record.ts';
import { isNeverSaved, refuseSaving } from '../src/records/saving.ts';
import { endWords, versionsOf } from '../src/records/words.ts';

const trans = {
  __: (text: string, ...values: unknown[]) => text.replace(/%(\d)/g, (_, n) => String(values[Number(n) - 1]))
} as never;

const METADATA = {
  run: { instrument: 'ENGINX', name: '241392' },
  template: { title: 'Powder diffraction' },
  reduction: {
    name: 'ENGINX241392-powder-v2',
    template: 'powder',
    version: 2,
    state: 'succeeded',
    failure: null,
    reason: '',
    started: '2026-03-01T12:00:00Z',
    ended: '2026-03-01T12:00:03.140Z'
  }
};

test('a record says what it is of and how it ended', () => {
  const record = readRecord(METADATA)!;
  assert.equal(record.name, 'ENGINX241392-powder-v2');
  assert.equal(record.title, 'Powder diffraction');
  assert.equal(endWords(record, trans), 'succeeded in 3.1 s');
  const failed = readRecord({ ...METADATA, reduction: { ...METADATA.reduction, state: 'failed', started: null } })!;
  assert.equal(endWords(failed, trans), 'failed');
  assert.equal(endWords({ ...failed, took: 60_000 }, trans), 'failed after 1:00');
});

test('what is no record, or a damaged one, is none', () => {
  const damaged = [null, undefined, 1, 'x', [], {}, { run: {} }, { run: {}, reduction: { name: 1 } }];
  assert.deepEqual(damaged.map(readRecord), damaged.map(() => null));
  assert.equal(originOf({ name: 'X1-work-v1' }), 'X1-work-v1');
  assert.equal(originOf(undefined), null);
});

test('versions are those of the same template', () => {
  const record = readRecord(METADATA)!;
  const line = (template: string, version: number, state = 'succeeded'): unknown => ({
    name: `ENGINX241392-${template}-v${version}`,
    template,
    version,
    state
  });
  const of = (...reductions: unknown[]): unknown => versionsOf(record, { reductions } as never);
  assert.deepEqual(of(line('powder', 2), line('powder', 1), line('peaks', 9)), { highest: 2, newer: null });
  assert.deepEqual(of(line('powder', 1), line('powder', 3, 'running')), {
    highest: 3,
    newer: { name: 'ENGINX241392-powder-v3', version: 3, state: 'running' }
  });
  assert.deepEqual(of(), { highest: 2, newer: null });
});

function cell(type: string, source: string, metadata: Record<string, unknown> = {}): ICell {
  return { type, getMetadata: key => metadata[key], sharedModel: { getSource: () => source } };
}

test('cells are found by number, failure and tag', () => {
  const cells = [
    cell('markdown', '# a'),
    cell('code', 'a = 1', { tags: ['parameters'], papermill: { status: 'completed' } }),
    cell('code', ' \n'),
    cell('code', '1 / 0', { papermill: { status: 'failed' } })
  ];
  assert.deepEqual([0, 1, 2, 3].map(number => indexOfCodeCell(cells, number)), [-1, 1, 3, -1]);
  assert.equal(indexOfFailedCell(cells), 3);
  assert.equal(indexOfFailedCell(cells.slice(0, 3)), -1);
  assert.equal(indexOfTag(cells, 'parameters'), 1);
  assert.equal(indexOfTag(cells, 'injected-parameters'), -1);
});

/** Saves as JupyterLab's document context does. */
class Context {
  saves = 0;
  readonly model = { writable: false as boolean, path: 'a.ipynb' };

  get canSave(): boolean {
    return this.model.writable;
  }

  get contentsModel(): { writable: boolean; path: string } | null {
    return this.model;
  }

  async save(): Promise<void> {
    this.saves += 1;
  }
}

test('a try to save is explained, and nothing is saved', async () => {
  const context = new Context();
  let explained = 0;
  refuseSaving(context, () => {
    explained += 1;
  });
  await assert.rejects(context.save(), { name: 'ModalCancelError' });
  assert.deepEqual([explained, context.saves], [1, 0]);
  assert.equal(context.canSave, false);
  assert.deepEqual(context.contentsModel, { writable: true, path: 'a.ipynb' });
});

test('a second view of a record is of the same record, and its saving is refused once', async () => {
  const context = new Context();
  const explained: number[] = [];
  assert.ok(isNeverSaved(context));
  for (const view of [1, 2]) {
    refuseSaving(context, () => explained.push(view));
    assert.ok(isNeverSaved(context));
  }
  await assert.rejects(context.save(), { name: 'ModalCancelError' });
  assert.deepEqual(explained, [1]);

  const copy = new Context();
  copy.model.writable = true;
  assert.ok(!isNeverSaved(copy));
});
