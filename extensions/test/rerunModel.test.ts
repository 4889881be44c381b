import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';

import type { IStanding } from '../src/rerun/follow.ts';
import { ManyModel } from '../src/rerun/manyModel.ts';
import { RerunModel } from '../src/rerun/model.ts';
import { newsOf, whenOver } from '../src/rerun/over.ts';
import { Asked, type IQuestion } from './asking.ts';
import { TRANS } from './panelMaking.ts';

const NAME = 'DEMO1-work-v1';

function planned(scale: number): object {
  const values = { value: scale, otherwise: 1, before: 1, default: 1 };
  const told = { schema: { type: 'number' }, before_source: 'template', supplied: false, problem: null };
  return { reduction: NAME, parameters: [{ name: 'scale', ...values, ...told }], problems: [], template_sha256: 'abc' };
}

async function prepared(): Promise<{ asked: Asked; model: RerunModel }> {
  const asked = new Asked();
  const model = new RerunModel(asked.connection, NAME, null);
  await asked.take('/plan')[0].answer(planned(1));
  return { asked, model };
}

/** Wait until something is asked for, a moment after the last change. */
async function question(asked: Asked, end: string): Promise<IQuestion> {
  for (let wait = 0; wait < 200; wait++) {
    const [found] = asked.take(end);
    if (found !== undefined) {
      return found;
    }
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  throw new Error(`${end} was not asked for`);
}

test('a refusal of earlier values does not replace what is said of newer ones', async () => {
  const { asked, model } = await prepared();
  model.change({ scale: 2 });
  const first = await question(asked, '/plan');
  model.change({ scale: 3 });
  await first.refuse('away');
  assert.equal(model.error, null);
  assert.ok(!model.ready);
  await (await question(asked, '/plan')).answer(planned(3));
  assert.ok(model.ready);
});

test('what is being filed is under way, and made when nobody sees the form any more', async (context: TestContext) => {
  const { asked, model } = await prepared();
  context.after(() => model.dispose());
  void model.submit();
  assert.ok(model.isUnderWay);
  const told: IStanding[] = [];
  whenOver(model, () => false, standing => told.push(standing));
  await asked.take('/rerun')[0].answer({ request: 7 });
  assert.ok(model.isUnderWay);
  await asked.take('requests/7')[0].answer({ accepted: false, answer: 'no such run' });
  assert.deepEqual(told.map(one => one.reason), ['no such run']);
  assert.equal(newsOf(NAME, told[0], TRANS), `${NAME} was not reduced again: no such run`);
});

test('that it could not be filed is told to who does not see the form, and once', async () => {
  for (const [isSeen, count] of [[false, 1], [true, 0]] as const) {
    const { asked, model } = await prepared();
    const told: IStanding[] = [];
    whenOver(model, () => isSeen, standing => told.push(standing));
    void model.submit();
    await asked.take('/rerun')[0].refuse('away');
    await asked.take('/plan')[0].answer(planned(1));
    assert.equal(told.length, count);
    assert.equal(model.error?.words, 'Error: away');
    assert.ok(!model.isUnderWay);
  }
});

test('a model that is gone follows nothing', async () => {
  const { asked, model } = await prepared();
  void model.submit();
  model.dispose();
  await asked.take('/rerun')[0].answer({ request: 7 });
  assert.equal(model.follower, null);
  assert.deepEqual(asked.questions, []);
});

test('news of a rerun are sentences', () => {
  const standing = { name: 'DEMO1-work-v2', state: 'failed', reason: 'no peak', progress: null } as const;
  assert.equal(newsOf(NAME, standing, TRANS), 'DEMO1-work-v2 failed: no peak');
  assert.equal(newsOf(NAME, { ...standing, state: 'succeeded', reason: '' }, TRANS), 'DEMO1-work-v2 succeeded');
});

async function many(): Promise<{ asked: Asked; model: ManyModel }> {
  const asked = new Asked();
  const model = new ManyModel(asked.connection, []);
  await asked.take('instruments')[0].answer({ instruments: [{ key: 'DEMO' }, { key: 'PEAKS' }] });
  model.choose({ instrument: 'DEMO', runs: '1' });
  await (await question(asked, '/plan')).answer(bulk('DEMO/work'));
  await asked.take('templates/DEMO/work')[0].answer(template('scale'));
  return { asked, model };
}

function bulk(...templates: string[]): object {
  return { reruns: 1, templates: Object.fromEntries(templates.map(one => [one, 'abc'])), lines: [] };
}

function template(...names: string[]): object {
  return { parameters: names.map(name => ({ name, schema: {}, supplied: false })) };
}

test('values of another template are forgotten, and the plan made anew without them', async (context: TestContext) => {
  const { asked, model } = await many();
  context.after(() => model.dispose());
  model.change({ scale: 4 });
  await (await question(asked, '/plan')).answer(bulk('DEMO/work'));
  model.choose({ instrument: 'PEAKS' });
  await (await question(asked, '/plan')).answer(bulk('PEAKS/peaks'));
  await asked.take('templates/PEAKS/peaks')[0].answer(template('sigma'));
  assert.deepEqual([model.fields?.map(one => one.name), model.values], [['sigma'], {}]);
  assert.ok(!model.ready);
  const again = await question(asked, '/plan');
  assert.deepEqual((again.body as { parameters: object }).parameters, {});
  await again.answer(bulk('PEAKS/peaks'));
  assert.ok(model.ready);
});

test('values stay while run numbers are typed that are not there', async (context: TestContext) => {
  const { asked, model } = await many();
  context.after(() => model.dispose());
  model.change({ scale: 4 });
  await (await question(asked, '/plan')).answer(bulk());
  assert.deepEqual([model.fields?.length, model.values], [1, { scale: 4 }]);
  assert.ok(!model.checking);
});

test('an older plan does not replace the form of a newer choice', async (context: TestContext) => {
  const { asked, model } = await many();
  context.after(() => model.dispose());
  model.choose({ instrument: 'PEAKS' });
  const old = await question(asked, '/plan');
  model.choose({ instrument: 'DEMO' });
  await old.answer(bulk('PEAKS/peaks'));
  await asked.take('templates/PEAKS/peaks')[0].answer(template('sigma'));
  assert.deepEqual(model.fields?.map(one => one.name), ['scale']);
});

test('that the instruments cannot be listed stays said', async (context: TestContext) => {
  const asked = new Asked();
  const model = new ManyModel(asked.connection, []);
  context.after(() => model.dispose());
  await asked.take('instruments')[0].refuse('away');
  await new Promise(resolve => setTimeout(resolve, 500));
  assert.equal(model.error?.words, 'Error: away');
});
