import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type IOutputs, StoredDisplays } from '../src/kernel/displays.ts';
import { PLOT_MIME_TYPE } from '../src/plots/bundle.ts';

/** Outputs as a notebook stored them. */
class Outputs implements IOutputs {
  readonly stored: { data: Record<string, unknown> }[];

  constructor(...stored: Record<string, unknown>[]) {
    this.stored = stored.map(data => ({ data }));
  }

  get length(): number {
    return this.stored.length;
  }

  get(index: number): { data: Record<string, unknown> } {
    return this.stored[index];
  }

  set(index: number, output: { data: object }): void {
    this.stored[index] = { data: output.data as Record<string, unknown> };
  }
}

function plot(id: string, text: string): Record<string, unknown> {
  return { [PLOT_MIME_TYPE]: { display_id: id, doc_json: text }, 'text/plain': text };
}

function message(kind: string, id: string | undefined, data: object): { header: { msg_type: string }; content: object } {
  return { header: { msg_type: kind }, content: { data, metadata: {}, transient: { display_id: id } } };
}

test('replaces a plot that was stored, and nothing else', () => {
  const first = new Outputs({ 'text/plain': 'said' }, plot('a', 'old'));
  const second = new Outputs(plot('b', 'other'), { [PLOT_MIME_TYPE]: null });
  const displays = new StoredDisplays(() => [first, second]);

  displays.take(message('update_display_data', 'a', plot('a', 'new')));
  assert.deepEqual(first.stored, [{ data: { 'text/plain': 'said' } }, { data: plot('a', 'new') }]);
  assert.deepEqual(second.stored, [{ data: plot('b', 'other') }, { data: { [PLOT_MIME_TYPE]: null } }]);

  displays.take(message('update_display_data', 'a', plot('a', 'newer')));
  assert.deepEqual(first.get(1).data, plot('a', 'newer'));
});

test('leaves what was shown while it listened to JupyterLab', () => {
  const outputs = new Outputs(plot('a', 'old'));
  const displays = new StoredDisplays(() => [outputs]);
  displays.take(message('display_data', 'a', plot('a', 'shown')));
  displays.take(message('update_display_data', 'a', plot('a', 'new')));
  assert.deepEqual(outputs.get(0).data, plot('a', 'old'));
});

test('passes over messages that name no display', () => {
  const outputs = new Outputs(plot('a', 'old'));
  const displays = new StoredDisplays(() => [outputs]);
  displays.take(message('update_display_data', undefined, plot('a', 'new')));
  displays.take({ header: { msg_type: 'status' }, content: { execution_state: 'idle' } });
  displays.take({ header: { msg_type: 'stream' }, content: { text: 'x' } });
  assert.deepEqual(outputs.get(0).data, plot('a', 'old'));
});
