import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { PageConfig } from '@jupyterlab/coreutils';
import { Token } from '@lumino/coreutils';

import { tellExactTimesIn } from '../words/times.ts';
import { Api } from './client.ts';
import { EventStream } from './stream.ts';

/** The way to the server extension: ask it, and follow what happens. */
export interface IConnection {
  readonly api: Api;
  readonly stream: EventStream;
}

export const IConnection = new Token<IConnection>(
  'nbreduce-lab:IConnection',
  'Asks the server extension of nbreduce, and follows what happens.'
);

export const connection: JupyterFrontEndPlugin<IConnection> = {
  id: 'nbreduce-lab:connection',
  description: 'Connects to the server extension of nbreduce.',
  autoStart: true,
  provides: IConnection,
  activate: (app: JupyterFrontEnd): IConnection => {
    tellExactTimesIn(PageConfig.getOption('nbreduceTimeZone'));
    const settings = app.serviceManager.serverSettings;
    const stream = new EventStream(settings);
    void app.restored.then(() => stream.start());
    return { api: new Api(settings), stream };
  }
};
