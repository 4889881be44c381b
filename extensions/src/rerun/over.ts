import type { TranslationBundle } from '@jupyterlab/translation';

import { stateWord } from '../words/states.ts';
import { type IStanding, isOver } from './follow.ts';
import type { RerunModel } from './model.ts';

/**
 * Call back once, when a rerun that was asked for has ended, one way or another.
 *
 * That it could not be asked for ends it only where nobody sees the form any more, in which it could be tried again.
 */
export function whenOver(model: RerunModel, isSeen: () => boolean, told: (standing: IStanding) => void): void {
  let done = false;
  const look = (): void => {
    const standing = model.follower?.standing ?? (isSeen() ? undefined : unasked(model));
    if (standing && isOver(standing) && !done) {
      done = true;
      told(standing);
    }
  };
  model.changed.connect(() => {
    model.follower?.changed.connect(look);
    look();
  });
}

function unasked({ error, isUnderWay }: RerunModel): IStanding | undefined {
  return error === null || isUnderWay
    ? undefined
    : { name: null, state: 'refused', reason: error.words, progress: null };
}

/** What became of a rerun, told to someone who does not see its form: of which reduction it was one, and how it ended. */
export function newsOf(of: string, { name, state, reason }: IStanding, trans: TranslationBundle): string {
  if (name === null || state === 'asked' || state === 'refused') {
    return trans.__('%1 was not reduced again: %2', of, reason);
  }
  const { word } = stateWord(state, trans);
  return reason === '' ? trans.__('%1 %2', name, word) : trans.__('%1 %2: %3', name, word, reason);
}
