import type { Cursor } from './cursor.ts';
import { isOpened } from './cursor.ts';

/** What the list does for a key besides moving its cursor. */
export type Deed = 'moved' | 'toggle' | 'open' | 'none';

/** The part of a keyboard event that counts. */
export interface IKey {
  readonly key: string;
  readonly shiftKey: boolean;
}

/** Move the cursor by a key, as in any tree; say what else is asked for. */
export function press(cursor: Cursor, { key, shiftKey }: IKey, linesPerPage: number): Deed {
  const row = cursor.row;
  const isOpen = row && isOpened(row);
  switch (key) {
    case 'ArrowDown':
      cursor.move(1, shiftKey);
      return 'moved';
    case 'ArrowUp':
      cursor.move(-1, shiftKey);
      return 'moved';
    case 'PageDown':
      cursor.move(linesPerPage, shiftKey);
      return 'moved';
    case 'PageUp':
      cursor.move(-linesPerPage, shiftKey);
      return 'moved';
    case 'Home':
      cursor.toEnd(false, shiftKey);
      return 'moved';
    case 'End':
      cursor.toEnd(true, shiftKey);
      return 'moved';
    case 'ArrowRight':
      if (isOpen === false) {
        return 'toggle';
      }
      if (isOpen === true) {
        cursor.move(1);
      }
      return 'moved';
    case 'ArrowLeft':
      if (isOpen === true) {
        return 'toggle';
      }
      cursor.toParent();
      return 'moved';
    case ' ':
      if (row) {
        cursor.pick(row, 'toggle');
      }
      return 'moved';
    case 'Enter':
      return 'open';
  }
  return 'none';
}
