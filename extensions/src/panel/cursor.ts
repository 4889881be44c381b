import type { ReductionLine } from '../api/types.ts';
import type { Outline } from './outline.ts';
import { groupKey, type Row, runKey } from './rows.ts';
import { canExpand, toldOf } from './told.ts';

/** How a row is gone to: picked alone, together with what is picked, all from the last one picked, or not picked. */
export type Pick = 'one' | 'toggle' | 'range' | 'none';

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
    this.line = row.line;
    if (how === 'none') {
      return;
    }
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

  /** Go as far up or down as is said, in lines; from a row that is not there any more to what is in its place. */
  move(lines: number, how: Pick = 'one'): void {
    const row = this.row;
    const past = row !== null && lines > 0 ? row.line + row.span - 1 : (row?.line ?? this.line);
    const to = row === null ? past : past + lines;
    this.go(this.outline.at(Math.min(Math.max(to, 0), this.outline.lines - 1)), how);
  }

  toEnd(last: boolean, how: Pick = 'one'): void {
    this.go(this.outline.at(last ? this.outline.lines - 1 : 0), how);
  }

  toParent(): void {
    const row = this.row;
    if (row?.kind === 'reduction') {
      this.go(this.outline.find(runKey(row.run.id)));
    } else if (row && row.kind !== 'group') {
      this.go(this.outline.find(groupKey(row.group)));
    }
  }

  private go(row: Row | null, how: Pick = 'one'): void {
    if (row !== null) {
      this.pick(row, how);
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
  /** Where that row was when it was gone to. */
  private line = 0;
  private selected = new Set<string>();
  private pivot: string | null = null;
}
