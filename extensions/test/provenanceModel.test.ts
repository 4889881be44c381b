import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ProvenanceModel } from '../src/provenance/model.ts';
import { Asked } from './asking.ts';

const NAME = 'DEMO1-work-v1';

function reading(): { asked: Asked; model: ProvenanceModel } {
  const asked = new Asked();
  const model = new ProvenanceModel(asked.connection);
  model.show(NAME);
  return { asked, model };
}

test('a refusal that comes late does not replace a newer answer', async () => {
  const { asked, model } = reading();
  void model.read();
  const [first, second] = asked.take(NAME);
  const [, provenance] = asked.take('/provenance');
  await second.answer({ is: 'answer' });
  await provenance.answer({ is: 'provenance' });
  assert.deepEqual(model.shown?.answer, { is: 'answer' });
  await first.refuse('away');
  assert.equal(model.troubles.all, '');
});

test('a refusal about one reduction is not told of another', async () => {
  const { asked, model } = reading();
  model.show('DEMO2-work-v1');
  model.show(NAME);
  const [old] = asked.take(NAME);
  await old.refuse('away');
  assert.equal(model.troubles.all, '');
  model.show(null);
  for (const one of asked.questions) {
    await one.refuse('away');
  }
  assert.equal(model.troubles.all, '');
});

test('a log that cannot be read says so, and is read again with all else', async () => {
  const { asked, model } = reading();
  void model.readLog();
  await asked.take('/log')[0].refuse('the log is away');
  assert.deepEqual(model.troubles, { all: '', checks: '', log: 'Error: the log is away' });
  assert.equal(model.log, null);
  void model.read();
  await asked.take('/log')[0].answer({ attempt: 1, start: 0, end: 4, text: 'text', more: false });
  assert.equal(model.log?.text, 'text');
  assert.equal(model.troubles.log, '');
});

test('a log in trouble is read again as soon as something is pushed', async () => {
  const { asked, model } = reading();
  void model.readLog();
  await asked.take('/log')[0].refuse('away');
  asked.push({});
  assert.equal(asked.take('/log').length, 1);
});

test('a check that fails is told where inputs are, and can be asked for again', async () => {
  const { asked, model } = reading();
  void model.check();
  assert.equal(model.checks, 'checking');
  await asked.take('/check-inputs')[0].refuse('away');
  assert.deepEqual([model.checks, model.troubles.checks], [null, 'Error: away']);
  void model.check();
  await asked.take('/check-inputs')[0].answer({ inputs: [] });
  assert.deepEqual([model.checks, model.troubles], [[], { all: '', checks: '', log: '' }]);
});
