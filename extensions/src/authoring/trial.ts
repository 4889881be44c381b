import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';

import { type Api, ApiError, pathOf, wordsOf } from '../api/client.ts';
import type { TrialAnswer } from '../api/types.ts';
import { hasEnded } from '../words/states.ts';

const INTERVAL = 600;
const LONGEST_INTERVAL = 10_000;

/** A trial, looked after until its end; it goes on without anyone who looks. */
export class TrialFollower implements IDisposable {
  constructor(api: Api, id: string) {
    this.api = api;
    this.id = id;
    this.poll = new Poll({
      auto: false,
      factory: () => this.look(),
      frequency: { interval: INTERVAL, backoff: true, max: LONGEST_INTERVAL },
      name: `nbreduce:trial-${id}`,
      standby: 'when-hidden'
    });
    void this.poll.start();
  }

  readonly id: string;

  /** The trial as it was at the last look; null before the first. */
  get trial(): TrialAnswer | null {
    return this._trial;
  }

  /** Why it cannot be looked at just now. */
  get trouble(): string {
    return this._trouble;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this.poll.isDisposed;
  }

  dispose(): void {
    this.poll.dispose();
    Signal.clearData(this);
  }

  async cancel(): Promise<void> {
    await this.api.delete(`trials/${pathOf(this.id)}`);
    await this.poll.refresh();
  }

  private async look(): Promise<void> {
    try {
      this._trial = await this.api.get<TrialAnswer>(`trials/${pathOf(this.id)}`);
      this._trouble = '';
    } catch (error) {
      this._trouble = wordsOf(error);
      this.tell();
      if (error instanceof ApiError && error.status === 404) {
        void this.poll.stop();
        return;
      }
      throw error;
    }
    if (hasEnded(this._trial.state)) {
      void this.poll.stop();
    }
    this.tell();
  }

  private tell(): void {
    if (!this.isDisposed) {
      this._changed.emit();
    }
  }

  private readonly api: Api;
  private readonly poll: Poll;
  private _trial: TrialAnswer | null = null;
  private _trouble = '';
  private _changed = new Signal<this, void>(this);
}
