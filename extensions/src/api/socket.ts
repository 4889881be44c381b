import { URLExt } from '@jupyterlab/coreutils';
import type { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { API, type Query, queryText } from './client.ts';

/** `live` while what happens is told; `lost` while the server does not answer, and is tried again. */
export type SocketState = 'connecting' | 'live' | 'lost';

const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;
/** The server is never silent for so long: its signs of life come every 20 s. */
const SILENCE = 50_000;
/** A connection that lived for so long was a good one: after its end the next is tried soon. */
const GOOD_LIFE = 10_000;

/** A WebSocket that is opened again after each break, each time from where its owner then is. */
export class Socket<T> implements IDisposable {
  /**
   * @param query - asked for before each connection.
   * @param take - takes each message.
   */
  constructor(
    settings: ServerConnection.ISettings,
    path: string,
    query: () => Query,
    take: (message: T) => void
  ) {
    this.settings = settings;
    this.path = path;
    this.query = query;
    this.take = take;
  }

  get stateChanged(): ISignal<this, SocketState> {
    return this._stateChanged;
  }

  get state(): SocketState {
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
    clearTimeout(this._timer ?? undefined);
    clearTimeout(this._watchdog);
    this._socket?.close();
    Signal.clearData(this);
  }

  private connect(): void {
    this._timer = null;
    const socket = new this.settings.WebSocket(this.address());
    this._socket = socket;
    this._born = null;
    this.watch(socket);
    socket.onmessage = (message: MessageEvent<string>) => {
      if (this._socket === socket && !this._isDisposed) {
        this._born ??= Date.now();
        this.watch(socket);
        this.become('live');
        this.take(JSON.parse(message.data) as T);
      }
    };
    socket.onclose = () => this.lose(socket);
  }

  /** Give up a connection that stays silent: one that broke on the way, as when the machine slept, never closes. */
  private watch(socket: WebSocket): void {
    clearTimeout(this._watchdog);
    this._watchdog = setTimeout(() => {
      this.lose(socket);
      socket.close();
    }, SILENCE);
  }

  private lose(socket: WebSocket): void {
    if (this._socket === socket) {
      this._socket = null;
      clearTimeout(this._watchdog);
      this.retry();
    }
  }

  private address(): string {
    const { appendToken, token, wsUrl } = this.settings;
    const query = { ...this.query(), token: appendToken ? token : null };
    return URLExt.join(wsUrl, API, this.path) + queryText(query);
  }

  private retry(): void {
    if (this._isDisposed) {
      return;
    }
    this.become('lost');
    if (this._born !== null && Date.now() - this._born >= GOOD_LIFE) {
      this._wait = FIRST_WAIT;
    }
    this._timer = setTimeout(() => this.connect(), this._wait);
    this._wait = Math.min(this._wait * 2, LONGEST_WAIT);
  }

  private become(state: SocketState): void {
    if (state !== this._state) {
      this._state = state;
      this._stateChanged.emit(state);
    }
  }

  private readonly settings: ServerConnection.ISettings;
  private readonly path: string;
  private readonly query: () => Query;
  private readonly take: (message: T) => void;
  private _stateChanged = new Signal<this, SocketState>(this);
  private _state: SocketState = 'connecting';
  private _isDisposed = false;
  private _socket: WebSocket | null = null;
  private _watchdog: ReturnType<typeof setTimeout> | undefined;
  /** When its first message came. */
  private _born: number | null = null;
  private _timer: ReturnType<typeof setTimeout> | null = null;
  private _wait = FIRST_WAIT;
}
