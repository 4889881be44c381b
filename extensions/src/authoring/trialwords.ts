import type { TranslationBundle } from '@jupyterlab/translation';

import type { TrialAnswer, TrialLine, TrialResult } from '../api/types.ts';
import { stateWord } from '../words/states.ts';
import { duration } from '../words/times.ts';

/** How a result ended, how long it took, and why it failed. */
export function resultWords(result: TrialResult | null | undefined, trans: TranslationBundle): string {
  if (!result) {
    return '';
  }
  const { sign, word } = stateWord(result.state, trans);
  const seconds = result.seconds ?? null;
  const took = seconds === null ? '' : ` ${trans.__('in %1', duration(seconds * 1000))}`;
  const reason = result.reason ? `: ${result.reason}` : '';
  return `${sign} ${word}${took}${reason}`;
}

/** Where a run of a trial stands, or how it ended. */
export function rowWords(row: TrialLine, trans: TranslationBundle): string {
  if (row.new) {
    return resultWords(row.new, trans);
  }
  const { sign, word } = stateWord(row.state, trans);
  if (row.state !== 'running') {
    return `${sign} ${word}`;
  }
  if (row.cells === 0) {
    return `${sign} ${trans.__('starting the kernel')}`;
  }
  const heading = row.heading ? `: ${row.heading}` : '';
  return `${sign} ${trans.__('cell %1 of %2', row.cell, row.cells)}${heading}`;
}

export function differenceWords(row: TrialLine, trans: TranslationBundle): string {
  if (!row.old) {
    return trans.__('not reduced before');
  }
  if (!row.differences) {
    return '';
  }
  return row.differences.length > 0 ? row.differences.join('; ') : trans.__('as before');
}

/** The whole trial in a sentence. */
export function trialWords(trial: TrialAnswer, trans: TranslationBundle): string {
  const ended = trial.rows.filter(row => row.new).length;
  const good = trial.rows.filter(row => row.new?.state === 'succeeded').length;
  switch (trial.state) {
    case 'queued':
      return trial.ahead > 0
        ? trans._n('Waits for %1 other trial.', 'Waits for %1 other trials.', trial.ahead)
        : trans.__('Begins at once.');
    case 'running':
      return trans.__('Running: %1 of %2 done.', ended, trial.rows.length);
    case 'cancelled':
      return trans.__('Cancelled after %1 of %2.', ended, trial.rows.length);
    default:
      return trial.reason
        ? trans.__('Failed: %1', trial.reason)
        : trans.__('Ended: %1 of %2 succeeded.', good, trial.rows.length);
  }
}
