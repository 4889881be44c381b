import type { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { Socket, type SocketState } from './socket.ts';
import type { Push } from './types.ts';

export type StreamState = SocketState;

/**
 * Follows the journal over a WebSocket, and goes on from the last event it saw after each break.
 *
 * A WebSocket, since a browser opens only six plain connections to one server, over all its tabs.
 */
export class EventStream implements IDisposable {
  constructor(settings: ServerConnection.ISettings) {
    this._socket = new Socket<Push>(
      settings,
      'events/stream',
      () => ({ after: this._latest }),
      push => {
        // Without its journal the server does not know where it stands.
        this._latest = push.trouble ? this._latest : push.latest;
        this._pushed.emit(push);
      }
    );
    this._socket.stateChanged.connect((_, state) => this._stateChanged.emit(state));
  }

  /** What happened. */
  get pushed(): ISignal<this, Push> {
    return this._pushed;
  }

  get stateChanged(): ISignal<this, StreamState> {
    return this._stateChanged;
  }

  get state(): StreamState {
    return this._socket.state;
  }

  get isDisposed(): boolean {
    return this._socket.isDisposed;
  }

  /** Connect; later calls do nothing. */
  start(): void {
    this._socket.start();
  }

  dispose(): void {
    this._socket.dispose();
    Signal.clearData(this);
  }

  private readonly _socket: Socket<Push>;
  private _pushed = new Signal<this, Push>(this);
  private _stateChanged = new Signal<this, StreamState>(this);
  private _latest: number | null = null;
}
