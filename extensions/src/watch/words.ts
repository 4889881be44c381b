import type { TranslationBundle } from '@jupyterlab/translation';

import { duration } from '../words/times.ts';
import { cellLook, elapsed, type IStory, isOver } from './story.ts';

/** How far it is, in words; empty where its state says all. */
export function progressWords(story: IStory, trans: TranslationBundle): string {
  const { standing } = story;
  if (standing === null) {
    return '';
  }
  if (isOver(story)) {
    return standing.notebook === null ? '' : trans.__('its notebook opens');
  }
  if (standing.state === 'queued') {
    return waitingWords(standing.ahead ?? 0, standing.reason, trans);
  }
  if (story.storing) {
    return trans.__('the result is being stored');
  }
  if (story.cell === 0) {
    return trans.__('its kernel is starting');
  }
  return trans.__('cell %1 of %2', story.cell, story.of);
}

function waitingWords(ahead: number, reason: string, trans: TranslationBundle): string {
  const place =
    ahead === 0
      ? trans.__('next in the queue')
      : trans._n('%1 reduction is ahead of it', '%1 reductions are ahead of it', ahead);
  return reason === '' ? place : trans.__('%1; tried again because %2', place, reason);
}

/** What the reader must know besides; empty where there is nothing. */
export function noteWords(story: IStory, connected: boolean, trans: TranslationBundle): string {
  const { standing } = story;
  if (standing !== null && isOver(story)) {
    return standing.notebook === null ? endWords(standing.state, standing.reason, trans) : '';
  }
  if (!connected) {
    return trans.__(
      'The connection to the Jupyter server is lost. The reduction goes on; what happens meanwhile is shown once the server is back.'
    );
  }
  if (story.trouble !== '') {
    return trans.__('It cannot be said how it stands just now: %1', story.trouble);
  }
  if (standing?.served === false) {
    return trans.__(
      'The service is not running. The reduction is kept, and goes on by itself when the service is back. Start it with: nbreduce up'
    );
  }
  if (story.full) {
    return trans.__(
      'It shows more than can be followed here. The rest is in its notebook when it has ended.'
    );
  }
  return '';
}

/** Of a reduction that ended without a notebook that can be opened here. */
export function endWords(state: string, reason: string, trans: TranslationBundle): string {
  const why = reason === '' ? '' : ` (${reason})`;
  return trans.__(
    'It has ended: %1%2. Its notebook cannot be opened here: it is not under the folder that JupyterLab shows, or there is none.',
    state,
    why
  );
}

/** What stands beside a code cell: how long it took or has taken by `now`, in ms, or that it is still to come. */
export function besideWords(story: IStory, index: number, now: number, trans: TranslationBundle): string {
  const cell = story.cells.get(index);
  if (cell === undefined) {
    return cellLook(story, index, true) === 'waiting' && !isOver(story) ? trans.__('waiting') : '';
  }
  return cell.seconds === null ? counting(elapsed(story, cell.since, now)) : duration(cell.seconds * 1000);
}

/** Time that is still counting, from milliseconds: `0:07`. */
export function counting(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  return seconds < 60 ? `0:${String(seconds).padStart(2, '0')}` : duration(seconds * 1000);
}
