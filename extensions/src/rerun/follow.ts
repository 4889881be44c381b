import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { type Api, pathOf } from '../api/client.ts';
import type { EventStream } from '../api/stream.ts';
import type { ProgressLine, Push, ReductionAnswer, RequestAnswer, State } from '../api/types.ts';
import { hasEnded } from '../words/states.ts';

/** How a rerun that was filed stands. */
export interface IStanding {
  /** Name of the new reduction; null while the service has not answered. */
  readonly name: string | null;
  readonly state: State | 'asked' | 'refused';
  readonly reason: string;
  readonly progress: ProgressLine | null;
}

/** Follows a request to the end of the reduction that it made. */
export class Follower implements IDisposable {
  constructor(api: Api, stream: EventStream, request: number) {
    this._api = api;
    this._stream = stream;
    this._request = request;
    stream.pushed.connect(this._onPushed, this);
    stream.stateChanged.connect(this._onState, this);
    void this._look();
  }

  get changed(): ISignal<this, IStanding> {
    return this._changed;
  }

  get standing(): IStanding {
    return this._standing;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._stream.pushed.disconnect(this._onPushed, this);
    this._stream.stateChanged.disconnect(this._onState, this);
    Signal.clearData(this);
  }

  private _onPushed(_: EventStream, push: Push): void {
    if (push.reset) {
      void this._look();
      return;
    }
    const answered = push.events.some(event => event.kind === 'request' && event.data.request === this._request);
    if (answered && this._standing.name === null) {
      void this._look();
      return;
    }
    const line = push.runs.flatMap(run => run.reductions).find(one => one.name === this._standing.name);
    if (line !== undefined) {
      this._become({ name: line.name, state: line.state, reason: line.reason, progress: line.progress });
    }
  }

  /** What happened while the connection was lost is asked for once it is back. */
  private _onState(stream: EventStream): void {
    if (stream.state === 'live') {
      void this._look();
    }
  }

  private async _look(): Promise<void> {
    try {
      const request = await this._api.get<RequestAnswer>(`requests/${this._request}`);
      if (request.accepted === null) {
        return;
      }
      if (!request.accepted) {
        this._become({ name: null, state: 'refused', reason: request.answer, progress: null });
        return;
      }
      const { reduction, progress } = await this._api.get<ReductionAnswer>(pathOf('reductions', request.answer));
      this._become({ name: reduction.name, state: reduction.state, reason: reduction.reason ?? '', progress });
    } catch (error) {
      console.warn('nbreduce: how the rerun stands cannot be told just now', error);
    }
  }

  private _become(standing: IStanding): void {
    if (this._isDisposed || isOver(this._standing)) {
      return;
    }
    this._standing = standing;
    this._changed.emit(standing);
  }

  private _standing: IStanding = { name: null, state: 'asked', reason: '', progress: null };
  private _isDisposed = false;
  private readonly _changed = new Signal<this, IStanding>(this);
  private readonly _api: Api;
  private readonly _stream: EventStream;
  private readonly _request: number;
}

export function isOver(standing: IStanding): boolean {
  return standing.state === 'refused' || (standing.state !== 'asked' && hasEnded(standing.state));
}
