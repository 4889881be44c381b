import assert from 'node:assert/strict';
import { test } from 'node:test';

import { delayReady, shareKernelStart } from '../src/records/kernel.ts';

/** Says that it has a kernel as soon as one is asked for, as JupyterLab's session context does. */
class Context {
  starts = 0;
  pending = false;
  finish: (needsChoice: boolean) => void = () => undefined;

  get hasNoKernel(): boolean {
    return !this.pending;
  }

  async startKernel(): Promise<boolean> {
    this.starts += 1;
    this.pending = true;
    return new Promise(resolve => {
      this.finish = resolve;
    });
  }
}

test('starts one kernel for all who ask while it starts', async () => {
  const context = new Context();
  shareKernelStart(context);
  const answers = [context.startKernel(), context.startKernel()];
  assert.equal(context.hasNoKernel, true);
  assert.equal(context.starts, 1);

  context.finish(false);
  assert.deepEqual(await Promise.all(answers), [false, false]);
  assert.equal(context.hasNoKernel, false);
});

test('starts another kernel later', async () => {
  const context = new Context();
  shareKernelStart(context);
  for (const starts of [1, 2]) {
    const answer = context.startKernel();
    context.finish(true);
    assert.equal(await answer, true);
    assert.equal(context.starts, starts);
  }
});

test('says what is missing in a JupyterLab that works otherwise', () => {
  const context = { startKernel: async () => true } as never;
  assert.throws(() => shareKernelStart(context), /hasNoKernel/);
});

test('delays being ready until more has come true', async () => {
  class Session {
    get ready(): Promise<void> {
      return Promise.resolve();
    }
  }
  const session = new Session();
  let open = (): void => undefined;
  const gate = new Promise<void>(resolve => {
    open = resolve;
  });
  delayReady(session, () => gate);

  const first = await Promise.race([session.ready.then(() => 'ready'), 'waiting']);
  await new Promise(resolve => setTimeout(resolve, 5));
  const second = await Promise.race([session.ready.then(() => 'ready'), Promise.resolve('waiting')]);
  assert.deepEqual([first, second], ['waiting', 'waiting']);
  open();
  await session.ready;
});
