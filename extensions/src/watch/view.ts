import { MainAreaWidget } from '@jupyterlab/apputils';
import type { NotebookWidgetFactory } from '@jupyterlab/notebook';
import type { ITranslator } from '@jupyterlab/translation';
import { notebookIcon } from '@jupyterlab/ui-components';
import { type ISignal, Signal } from '@lumino/signaling';

import { type Api, pathOf } from '../api/client.ts';
import { Socket } from '../api/socket.ts';
import type { ReductionAnswer, Standing, WatchPush } from '../api/types.ts';
import type { IReductionWidget } from '../front.ts';
import { Follower } from './follow.ts';
import { Header } from './header.tsx';
import { WatchedNotebook } from './notebook.ts';
import { type IStory, isOver, NOTHING_KNOWN, runningCell, takePush } from './story.ts';

/** What a view of a running reduction is made of. */
export interface IViewOptions {
  about: ReductionAnswer;
  api: Api;
  factory: NotebookWidgetFactory;
  translator: ITranslator;
  cancel: () => void;
}

/** Shows a reduction while it runs: its notebook as it fills, and a line that says how it stands. */
export class WatchView extends MainAreaWidget<WatchedNotebook> implements IReductionWidget {
  readonly reductionName: string;

  constructor(options: IViewOptions) {
    const { about, api, factory, translator, cancel } = options;
    super({ content: new WatchedNotebook(factory, translator), translator });
    const { name } = about.reduction;
    this.reductionName = name;
    this.addClass('nbreduce-Watch');
    this.id = `nbreduce-watch-${name}`;
    this.title.label = name;
    this.title.icon = notebookIcon;
    this.toolbar.hide();
    const resume = (): void => this.follower.resume();
    const trans = translator.load('nbreduce');
    this.header = new Header(() => this.headerState(titleOf(about)), { cancel, resume }, trans);
    this.contentHeader.addWidget(this.header);
    const { outerNode, viewportNode } = this.content;
    this.follower = new Follower(outerNode, viewportNode, () => this.header.update());
    this.socket = new Socket<WatchPush>(
      api.settings,
      `reductions/${pathOf(name)}/watch`,
      () => ({ attempt: this.story.attempt, after: this.story.offset }),
      push => this.take(push)
    );
    this.socket.stateChanged.connect(() => this.header.update());
    this.socket.start();
    this.clock = setInterval(() => this.content.mark(this.story, Date.now()), 1000);
  }

  /** It has ended, and nothing more comes. */
  get ended(): ISignal<this, Standing> {
    return this._ended;
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    clearInterval(this.clock);
    this.socket.dispose();
    this.follower.dispose();
    Signal.clearData(this);
    super.dispose();
  }

  private take(push: WatchPush): void {
    this.story = takePush(this.story, push, Date.now());
    for (const line of push.lines) {
      this.content.take(line);
    }
    this.content.mark(this.story, Date.now());
    const running = runningCell(this.story);
    this.follower.follow(running === null ? null : (this.content.widgets[running]?.node ?? null));
    this.header.update();
    if (isOver(this.story)) {
      clearInterval(this.clock);
      this.socket.dispose();
      this._ended.emit(this.story.standing as Standing);
    }
  }

  private headerState(title: string): {
    title: string;
    story: IStory;
    connected: boolean;
    following: boolean;
  } {
    return {
      title,
      story: this.story,
      connected: this.socket.state !== 'lost',
      following: this.follower.following
    };
  }

  private readonly header: Header;
  private readonly follower: Follower;
  private readonly socket: Socket<WatchPush>;
  private readonly clock: ReturnType<typeof setInterval>;
  private story: IStory = NOTHING_KNOWN;
  private _ended = new Signal<this, Standing>(this);
}

function titleOf({ run, reduction }: ReductionAnswer): string {
  return `${run.instrument} ${run.name} · ${reduction.template} v${reduction.version}`;
}
