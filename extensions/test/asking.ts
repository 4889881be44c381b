import { Signal } from '@lumino/signaling';

import type { IConnection } from '../src/api/index.ts';
import type { Push } from '../src/api/types.ts';

/** One question to the server, which the test answers when it likes. */
export interface IQuestion {
  path: string;
  body: unknown;
  answer: (told: unknown) => Promise<void>;
  refuse: (words: string) => Promise<void>;
}

/** A server that answers when it is told to, in any order. */
export class Asked {
  readonly questions: IQuestion[] = [];
  readonly pushed: Signal<unknown, Push>;
  readonly connection: IConnection;

  constructor() {
    const stream = { state: 'live' } as { pushed?: unknown; stateChanged?: unknown };
    this.pushed = new Signal<unknown, Push>(stream);
    stream.pushed = this.pushed;
    stream.stateChanged = new Signal<unknown, void>(stream);
    const ask = (path: string, body?: unknown): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const then = (): Promise<void> => new Promise(done => setImmediate(done));
        this.questions.push({
          path,
          body,
          answer: told => (resolve(told), then()),
          refuse: words => (reject(new Error(words)), then())
        });
      });
    this.connection = { api: { get: ask, post: ask }, stream } as unknown as IConnection;
  }

  /** The questions that end so and were not yet taken, which they are by this. */
  take(end: string): IQuestion[] {
    const found = this.questions.filter(one => one.path.endsWith(end));
    for (const one of found) {
      this.questions.splice(this.questions.indexOf(one), 1);
    }
    return found;
  }

  push(push: Partial<Push>): void {
    this.pushed.emit({ events: [], runs: [], reset: false, ...push } as unknown as Push);
  }
}
