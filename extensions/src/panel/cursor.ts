import type { ReductionLine } from '../api/types.ts';
import type { Outline } from './outline.ts';
import type { Row } from './rows.ts';
import { canExpand, toldOf } from './told.ts';

/** How a row is picked: alone, together with what is picked, or all from the last one picked. */
export type Pick = 'one' | 'toggle' | 'range';

/** The reduction that a row stands for; null where it stands for none. */
export function meantBy(row: Row | null): ReductionLine | null {
  if (row?.kind === 'reduction') {
    return row.reduction;
  }
  return row?.kind === 'run' ? toldOf(row.run) : null;
}

/** Whether a row can be opened to show more rows or lines; null where there is nothing more. */
export function isOpened(row: Row): boolean | null {
  if (row.kind === 'group') {
    return row.group.isOpen;
  }
  return row.kind === 'run' && canExpand(row.run) ? row.isExpanded : null;
}

/** Where the reader is in an outline, and what is selected there. */
export class Cursor {
  constructor(outline: Outline) {
    this.outline = outline;
  }

  /** The row that the keyboard is at. */
  get row(): Row | null {
    return this.active === null ? null : this.outline.find(this.active);
  }

  isSelected(key: string): boolean {
    return this.selected.has(key);
  }

  /** Reductions that are selected, in the order of the list. */
  get meant(): ReductionLine[] {
    const rows = this.selectedRows().sort((one, other) => one.line - other.line);
    const meant = rows.map(meantBy).filter(one => one !== null);
    return [...new Map(meant.map(one => [one.name, one])).values()];
  }

  pick(row: Row, how: Pick = 'one'): void {
    const from = how === 'range' && this.pivot !== null ? this.outline.find(this.pivot) : null;
    this.active = row.key;
    if (from !== null) {
      this.select(this.between(from, row));
      return;
    }
    this.pivot = row.key;
    if (how === 'toggle') {
      this.toggle(row);
    } else {
      this.select([row]);
    }
  }

  /** Go to a row; what is selected goes with it. */
  private go(row: Row | null, extend: boolean): void {
    if (row !== null) {
      this.pick(row, extend ? 'range' : 'one');
    }
  }

  /** Go as far up or down as is said, in lines. */
  move(lines: number, extend = false): void {
    const row = this.row;
    if (row === null) {
      this.go(this.outline.at(0), false);
      return;
    }
    const past = lines > 0 ? row.line + row.span - 1 : row.line;
    const line = Math.min(Math.max(past + lines, 0), this.outline.lines - 1);
    this.go(this.outline.at(line), extend);
  }

  toEnd(last: boolean, extend = false): void {
    this.go(this.outline.at(last ? this.outline.lines - 1 : 0), extend);
  }

  toParent(): void {
    const row = this.row;
    if (row?.kind === 'reduction') {
      this.go(this.outline.find(`run:${row.run.id}`), false);
    } else if (row && row.kind !== 'group') {
      this.go(this.outline.find(`group:${row.group.key}`), false);
    }
  }

  private toggle(row: Row): void {
    if (!this.selected.delete(row.key)) {
      this.select([...this.selectedRows(), row]);
    }
  }

  private selectedRows(): Row[] {
    return [...this.selected].map(key => this.outline.find(key)).filter(row => row !== null);
  }

  private between(one: Row, other: Row): Row[] {
    const [first, last] = one.line < other.line ? [one, other] : [other, one];
    return this.outline.rows(first.line, last.line + last.span);
  }

  private select(rows: readonly Row[]): void {
    this.selected = new Set(rows.filter(row => meantBy(row) !== null).map(row => row.key));
  }

  private readonly outline: Outline;
  private active: string | null = null;
  private selected = new Set<string>();
  private pivot: string | null = null;
}
