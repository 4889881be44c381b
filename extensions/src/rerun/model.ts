import { UUID } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';

import { ApiError, pathOf } from '../api/client.ts';
import type { IConnection } from '../api/index.ts';
import type { Filed, RerunPlan } from '../api/types.ts';
import type { ICells } from './cells.ts';
import { Follower, isOver } from './follow.ts';
import { changesOf, type Values, valuesOf } from './values.ts';

const PAUSE = 250;

/** A rerun that is being prepared, and then followed. */
export class RerunModel implements IDisposable {
  constructor(connection: IConnection, name: string, cells: ICells | null) {
    this._connection = connection;
    this.name = name;
    this._cells = cells;
    this._check = new Debouncer(() => this._ask(), PAUSE);
    void this._load();
  }

  readonly name: string;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** What the rerun would be; null until the server has answered. */
  plan: RerunPlan | null = null;
  values: Values = {};
  /** What keeps the rerun from being planned or filed, in words. */
  error: ApiError | null = null;
  filing = false;
  follower: Follower | null = null;

  /** Whether it can be filed, by what the server said of the values as they are. */
  get ready(): boolean {
    const settled = !this._checking && !this.filing;
    return settled && this.plan !== null && this.plan.problems.length === 0 && this.follower === null;
  }

  /** Whether something was asked for whose end is not known yet. */
  get isUnderWay(): boolean {
    return this.filing || (this.follower !== null && !isOver(this.follower.standing));
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._check.dispose();
    this.follower?.dispose();
    Signal.clearData(this);
  }

  /** Take what stands in the form; the server says what it thinks of it a moment after the last change. */
  change(values: Values): void {
    this.values = values;
    this._checking = true;
    this._turn += 1;
    this._key = UUID.uuid4();
    this._emit();
    void this._check.invoke().catch(() => undefined);
  }

  set(name: string, value: unknown): void {
    this.change({ ...this.values, [name]: value });
  }

  /** Forget what was edited in the notebook's cells, and begin with the reduction's own values. */
  async withoutCells(): Promise<void> {
    this._cells = null;
    await this._load();
  }

  async submit(): Promise<void> {
    if (!this.ready || this.plan === null) {
      return;
    }
    this.filing = true;
    this.error = null;
    this._emit();
    try {
      const filed = await this._connection.api.post<Filed>(pathOf('reductions', this.name, 'rerun'), {
        parameters: changesOf(this.plan, this.values),
        template_sha256: this.plan.template_sha256,
        // The same for a second try, so that a lost answer makes no second rerun.
        key: this._key
      });
      if (!this._isDisposed) {
        this.follower = new Follower(this._connection.api, this._connection.stream, filed.request);
      }
    } catch (error) {
      this.error = asApiError(error);
      await this._ask(true);
    }
    this.filing = false;
    this._emit();
  }

  private async _load(): Promise<void> {
    this.error = null;
    this._emit();
    await this._take(this._cells === null ? {} : { cells: this._cells }, plan => {
      this.values = valuesOf(plan);
    });
  }

  private async _ask(keepError = false): Promise<void> {
    if (this.plan !== null) {
      const kept = keepError ? this.error : null;
      await this._take({ parameters: changesOf(this.plan, this.values) }, () => undefined, kept);
    }
  }

  /** Take the plan that the server makes, or why it makes none, unless something newer is asked for by then. */
  private async _take(body: object, keep: (plan: RerunPlan) => void, kept: ApiError | null = null): Promise<void> {
    const turn = ++this._turn;
    let plan: RerunPlan | null = null;
    let error = kept;
    try {
      plan = await this._plan(body);
    } catch (reason) {
      error = kept ?? asApiError(reason);
    }
    if (turn !== this._turn) {
      return;
    }
    if (plan !== null) {
      this.plan = plan;
      keep(plan);
    }
    this.error = error;
    this._checking = false;
    this._emit();
  }

  private _plan(body: object): Promise<RerunPlan> {
    return this._connection.api.post<RerunPlan>(pathOf('reductions', this.name, 'plan'), body);
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private _checking = false;
  private _turn = 0;
  private _isDisposed = false;
  private _key: string = UUID.uuid4();
  private _cells: ICells | null;
  private readonly _check: Debouncer<void>;
  private readonly _connection: IConnection;
  private readonly _changed = new Signal<this, void>(this);
}

export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(String(error), 0);
}
