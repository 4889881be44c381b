import type { TranslationBundle } from '@jupyterlab/translation';

import type { State } from '../api/types.ts';

/** How a state is shown: a sign for the eye, a word for everyone. `tone` chooses its colour. */
export interface IStateWord {
  sign: string;
  word: string;
  tone: 'waiting' | 'active' | 'good' | 'bad' | 'neutral';
}

export function stateWord(state: State, trans: TranslationBundle): IStateWord {
  switch (state) {
    case 'queued':
      return { sign: '◌', word: trans.__('queued'), tone: 'waiting' };
    case 'starting':
      return { sign: '◔', word: trans.__('starting'), tone: 'active' };
    case 'running':
      return { sign: '◐', word: trans.__('running'), tone: 'active' };
    case 'succeeded':
      return { sign: '✔', word: trans.__('succeeded'), tone: 'good' };
    case 'failed':
      return { sign: '✖', word: trans.__('failed'), tone: 'bad' };
    case 'cancelled':
      return { sign: '⊘', word: trans.__('cancelled'), tone: 'neutral' };
    case 'skipped':
      return { sign: '–', word: trans.__('skipped'), tone: 'neutral' };
  }
}

/** Whether nothing will happen to it any more. */
export function hasEnded(state: State): boolean {
  return ['succeeded', 'failed', 'cancelled', 'skipped'].includes(state);
}
