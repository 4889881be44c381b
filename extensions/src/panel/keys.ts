import { type Cursor, isOpened, type Pick } from './cursor.ts';

/** What the list does for a key besides moving its cursor. */
export type Deed = 'moved' | 'toggle' | 'open' | 'menu' | 'none';

/** The part of a keyboard event that counts. */
export interface IKey {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/** What Ctrl, or Cmd, changes: the cursor moves, and what is selected stays. */
const WITH_CONTROL: readonly string[] = ['ArrowDown', 'ArrowUp', 'Home', 'End', ' '];

/** Move the cursor by a key, as in any tree; say what else is asked for. */
export function press(cursor: Cursor, pressed: IKey, linesPerPage: number): Deed {
  const { key, shiftKey } = pressed;
  const isControlled = pressed.ctrlKey || pressed.metaKey;
  if (isControlled && (shiftKey || !WITH_CONTROL.includes(key))) {
    return 'none';
  }
  const how: Pick = isControlled ? 'none' : shiftKey ? 'range' : 'one';
  const row = cursor.row;
  const isOpen = row && isOpened(row);
  switch (key) {
    case 'ArrowDown':
      cursor.move(1, how);
      return 'moved';
    case 'ArrowUp':
      cursor.move(-1, how);
      return 'moved';
    case 'PageDown':
      cursor.move(linesPerPage, how);
      return 'moved';
    case 'PageUp':
      cursor.move(-linesPerPage, how);
      return 'moved';
    case 'Home':
      cursor.toEnd(false, how);
      return 'moved';
    case 'End':
      cursor.toEnd(true, how);
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
    case 'F10':
      return shiftKey ? 'menu' : 'none';
  }
  return 'none';
}
