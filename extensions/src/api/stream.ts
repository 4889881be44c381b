import { URLExt } from '@jupyterlab/coreutils';
import type { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { API } from './client.ts';
import type { Push } from './types.ts';

/** `live` while what happens is told; `lost` while the server does not answer, and is tried again. */
export type StreamState = 'connecting' | 'live' | 'lost';

const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;

/**
 * Follows the journal over a WebSocket, and goes on from the last event it saw after each break.
 *
 * A WebSocket, since a browser opens only six plain connections to one server, over all its tabs.
 */
export class EventStream implements IDisposable {
  constructor(settings: ServerConnection.ISettings) {
    this.settings = settings;
  }

  /** What happened. */
  get pushed(): ISignal<this, Push> {
    return this._pushed;
  }

  get stateChanged(): ISignal<this, StreamState> {
    return this._stateChanged;
  }

  get state(): StreamState {
    return this._state;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Connect; later calls do nothing. */
  start(): void {
    if (this._socket === null && this._timer === null && !this._isDisposed) {
      this.connect();
    }
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    if (this._timer !== null) {
      clearTimeout(this._timer);
    }
    this._socket?.close();
    Signal.clearData(this);
  }

  private connect(): void {
    this._timer = null;
    const socket = new this.settings.WebSocket(this.address());
    this._socket = socket;
    socket.onmessage = (message: MessageEvent<string>) => {
      this.take(JSON.parse(message.data) as Push);
    };
    socket.onclose = () => {
      if (this._socket === socket) {
        this._socket = null;
        this.retry();
      }
    };
  }

  private address(): string {
    const query = new URLSearchParams();
    if (this._latest !== null) {
      query.set('after', String(this._latest));
    }
    if (this.settings.appendToken && this.settings.token) {
      query.set('token', this.settings.token);
    }
    return `${URLExt.join(this.settings.wsUrl, API, 'events', 'stream')}?${query}`;
  }

  private take(push: Push): void {
    this._wait = FIRST_WAIT;
    this._latest = push.latest;
    this.become('live');
    this._pushed.emit(push);
  }

  private retry(): void {
    if (this._isDisposed) {
      return;
    }
    this.become('lost');
    this._timer = setTimeout(() => this.connect(), this._wait);
    this._wait = Math.min(this._wait * 2, LONGEST_WAIT);
  }

  private become(state: StreamState): void {
    if (state !== this._state) {
      this._state = state;
      this._stateChanged.emit(state);
    }
  }

  private readonly settings: ServerConnection.ISettings;
  private _pushed = new Signal<this, Push>(this);
  private _stateChanged = new Signal<this, StreamState>(this);
  private _state: StreamState = 'connecting';
  private _isDisposed = false;
  private _socket: WebSocket | null = null;
  private _timer: ReturnType<typeof setTimeout> | null = null;
  private _wait = FIRST_WAIT;
  private _latest: number | null = null;
}
