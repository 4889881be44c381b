import { VDomModel } from '@jupyterlab/ui-components';

import { type Api, wordsOf } from '../api/client.ts';
import type { IConnection } from '../api/index.ts';
import type { EventStream } from '../api/stream.ts';
import type {
  CellsComparison,
  Comparison,
  OverlaidPlot,
  OverlaidPlots,
  Push
} from '../api/types.ts';
import { hasEnded } from '../words/states.ts';
import { roomFor, withReference } from './words.ts';

/** Something that is asked for: not there yet, there, or a reason why not. */
export type Asked<T> = { state: 'waiting' } | { state: 'there'; value: T } | { state: 'failed'; words: string };

const WAITING = { state: 'waiting' } as const;

/** Reductions that are compared, the reference first, and what the server says of them. */
export class CompareModel extends VDomModel {
  constructor(connection: IConnection, names: string[]) {
    super();
    this._api = connection.api;
    this._stream = connection.stream;
    const { taken, left } = roomFor(names);
    this._names = taken;
    this._leftOut = left;
    this._stream.pushed.connect(this._onPushed, this);
    void this.load();
  }

  get names(): readonly string[] {
    return this._names;
  }

  /** What was asked for last and found no room. */
  get leftOut(): readonly string[] {
    return this._leftOut;
  }

  comparison: Asked<Comparison> = WAITING;
  plots: Asked<readonly OverlaidPlot[]> = WAITING;
  cells: Asked<CellsComparison> = WAITING;

  /** Which of the others the cells are compared with. */
  get cellsOf(): string {
    return this._cellsOf ?? this._names[1]!;
  }

  set cellsOf(name: string) {
    this._cellsOf = name;
    this.cells = WAITING;
    this.stateChanged.emit();
    void this._loadCells(this._turn);
  }

  setReference(name: string): void {
    this._change(withReference(this._names, name));
  }

  add(names: readonly string[]): void {
    const { taken, left } = roomFor([...this._names, ...names]);
    if (taken.length > this._names.length || left.length > 0) {
      this._change(taken, left);
    }
  }

  remove(name: string): void {
    this._change(this._names.filter(one => one !== name));
  }

  override dispose(): void {
    this._stream.pushed.disconnect(this._onPushed, this);
    this._turn += 1;
    super.dispose();
  }

  /** Ask for all of it; what is shown stays until the answers are there. */
  async load(): Promise<void> {
    this._turn += 1;
    const turn = this._turn;
    await Promise.all([this._loadComparison(turn), this._loadPlots(turn), this._loadCells(turn)]);
  }

  /** Ask again for what failed; what is there stays, such as the part of a plot that one looks at. */
  async retry(): Promise<void> {
    const turn = this._turn;
    const failed = [
      this.comparison.state === 'failed' && this._loadComparison(turn),
      this.plots.state === 'failed' && this._loadPlots(turn),
      this.cells.state === 'failed' && this._loadCells(turn)
    ];
    await Promise.all(failed);
  }

  private _loadComparison(turn: number): Promise<void> {
    return this._ask<Comparison>('comparison', this._names, turn, asked => (this.comparison = asked));
  }

  private _loadPlots(turn: number): Promise<void> {
    return this._ask<OverlaidPlots>('comparison/plots', this._names, turn, asked => {
      this.plots = asked.state === 'there' ? { ...asked, value: asked.value.plots } : asked;
    });
  }

  private async _loadCells(turn: number): Promise<void> {
    const pair = [this._names[0]!, this.cellsOf];
    await this._ask<CellsComparison>('comparison/cells', pair, turn, value => {
      if (pair[1] === this.cellsOf) {
        this.cells = value;
      }
    });
  }

  private async _ask<T>(
    path: string,
    names: readonly string[],
    turn: number,
    take: (asked: Asked<T>) => void
  ): Promise<void> {
    let asked: Asked<T>;
    try {
      asked = { state: 'there', value: await this._api.get<T>(path, { name: names }) };
    } catch (error) {
      asked = { state: 'failed', words: wordsOf(error) };
    }
    if (turn === this._turn) {
      take(asked);
      this.stateChanged.emit();
    }
  }

  private _change(names: string[], leftOut: string[] = []): void {
    this._names = names;
    this._leftOut = leftOut;
    this._cellsOf = null;
    this.plots = WAITING;
    this.cells = WAITING;
    this.stateChanged.emit();
    void this.load();
  }

  /** Look again when a reduction that had not ended has changed. */
  private _onPushed(_: EventStream, push: Push): void {
    const told = this.comparison.state === 'there' ? this.comparison.value.reductions : [];
    const open = told.filter(one => !hasEnded(one.state)).map(one => one.name);
    const changed = push.events.some(
      event => event.kind === 'state' && event.reduction !== null && open.includes(event.reduction)
    );
    if (changed || (push.reset && open.length > 0)) {
      void this.load();
    }
  }

  private readonly _api: Api;
  private readonly _stream: EventStream;
  private _names: string[];
  private _leftOut: string[];
  private _cellsOf: string | null = null;
  private _turn = 0;
}
