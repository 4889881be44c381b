import type { TranslationBundle } from '@jupyterlab/translation';

const MINUTE = 60_000;

/** That a kernel is kept, and how long still; empty once its time is over. */
export function keptWords(until: string | null, now: Date, trans: TranslationBundle): string {
  const left = until === null ? 0 : new Date(until).getTime() - now.getTime();
  if (left <= 0) {
    return '';
  }
  return left < MINUTE
    ? trans.__(
        'The kernel of this reduction is kept for %1 s more: "Open with kernel" goes on where it ended.',
        Math.ceil(left / 1000)
      )
    : trans.__(
        'The kernel of this reduction is kept for %1 min more: "Open with kernel" goes on where it ended.',
        Math.floor(left / MINUTE)
      );
}

export function takenOver(trans: TranslationBundle): string {
  return trans.__(
    'Kept kernel: it is where the reduction ended. What it writes goes into a scratch folder, not into the archive.'
  );
}

/** Which files the scratch folder has not. */
export function tooLarge(files: readonly string[], trans: TranslationBundle): string {
  return trans.__('Too large to be copied into the scratch folder: %1', files.join(', '));
}

/** Where a fresh kernel is with executing the notebook again. Cells are counted from 1. */
export function executing(cell: number, cells: number, trans: TranslationBundle): string {
  return trans.__(
    'The kernel of this reduction has ended; a fresh one executes the notebook again: cell %1 of %2…',
    cell,
    cells
  );
}

export function executed(trans: TranslationBundle): string {
  return trans.__(
    'Fresh kernel: it has executed the notebook again. What it writes goes into a scratch folder, not into the archive.'
  );
}

export function stoppedAt(cell: number, cells: number, trans: TranslationBundle): string {
  return trans.__(
    'Fresh kernel: executing the notebook again stopped at cell %1 of %2. The cell says why.',
    cell,
    cells
  );
}

export function diedAt(cell: number, cells: number, trans: TranslationBundle): string {
  return trans.__('Fresh kernel: it ended while it executed cell %1 of %2.', cell, cells);
}

export function connected(trans: TranslationBundle): string {
  return trans.__('Connected to the kernel that this reduction has on this server already.');
}

/** What a status of the kernel means to who uses it; null where it changes nothing. */
export function lossWords(status: string, trans: TranslationBundle): string | null {
  switch (status) {
    case 'restarting':
    case 'autorestarting':
      return trans.__('The kernel was started anew: its variables are gone. Run the cells again to have them back.');
    case 'dead':
    case 'terminating':
      return trans.__('The kernel has ended. "Open with kernel" starts a fresh one.');
    default:
      return null;
  }
}
