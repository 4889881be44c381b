import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { type Api, ApiError, pathOf, wordsOf } from '../api/client.ts';
import type { Filed, ReductionAnswer } from '../api/types.ts';
import { hasEnded, stateWord } from '../words/states.ts';

const LOOK_EVERY = 300;
const PATIENCE = 15_000;

/** Cancel a reduction, once that is confirmed, and tell what came of it. */
export async function cancelReduction(
  api: Api,
  name: string,
  trans: TranslationBundle
): Promise<void> {
  const answer = await showDialog({
    title: trans.__('Cancel %1?', name),
    body: trans.__('What it has made so far is kept as a cancelled reduction.'),
    // Enter alone must not end it.
    defaultButton: 0,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Let it run') }),
      Dialog.warnButton({ label: trans.__('Cancel the reduction') })
    ]
  });
  if (!answer.button.accept) {
    return;
  }
  const done = cancelAndWait(api, name, trans);
  Notification.promise(done, {
    pending: { message: trans.__('Cancelling %1…', name) },
    success: { message: words => String(words), options: { autoClose: 5000 } },
    error: { message: error => errorWords(error, trans) }
  });
  // Its words are in the notification.
  await done.catch(() => undefined);
}

async function cancelAndWait(api: Api, name: string, trans: TranslationBundle): Promise<string> {
  const path = `reductions/${pathOf(name)}`;
  await api.post<Filed>(`${path}/cancel`);
  const deadline = Date.now() + PATIENCE;
  while (Date.now() < deadline) {
    const { reduction } = await api.get<ReductionAnswer>(path);
    if (reduction.state === 'cancelled') {
      return trans.__('%1 was cancelled.', name);
    }
    if (hasEnded(reduction.state)) {
      const { word } = stateWord(reduction.state, trans);
      return trans.__('%1 ended before it could be cancelled: %2.', name, word);
    }
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY));
  }
  throw new ApiError(
    trans.__('%1 is not cancelled yet: the service does not answer', name),
    0,
    trans.__('It is done as soon as the service runs')
  );
}

function errorWords(error: unknown, trans: TranslationBundle): string {
  const words = wordsOf(error);
  return trans.__('Not cancelled: %1', words);
}
