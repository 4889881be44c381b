import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { stateWord } from '../words/states.ts';
import { elapsed, type IStory, isOver, runningCell } from './story.ts';
import { counting, noteWords, progressWords } from './words.ts';

/** What the line above a watched notebook says. */
export interface IHeaderState {
  /** Run, template and version. */
  title: string;
  story: IStory;
  connected: boolean;
  following: boolean;
}

/** The line above a watched notebook: what it is, how it stands, and what can be done. */
export class Header extends ReactWidget {
  constructor(
    state: () => IHeaderState,
    actions: { cancel: () => void; resume: () => void },
    trans: TranslationBundle
  ) {
    super();
    this.addClass('nbreduce-Watch-header');
    this.state = state;
    this.actions = actions;
    this.trans = trans;
  }

  override dispose(): void {
    this.sizes.disconnect();
    super.dispose();
  }

  protected override render(): React.JSX.Element {
    return (
      <div ref={node => this.measure(node)}>
        <Line {...this.state()} {...this.actions} trans={this.trans} />
      </div>
    );
  }

  /** The panel that it stands in gives it no more height than it asks for. */
  private measure(node: HTMLElement | null): void {
    this.sizes.disconnect();
    if (node !== null) {
      this.sizes.observe(node);
    }
  }

  private readonly sizes = new ResizeObserver(([entry]) => {
    this.node.style.minHeight = `${Math.ceil(entry.target.getBoundingClientRect().height)}px`;
    this.parent?.fit();
  });
  private readonly state: () => IHeaderState;
  private readonly actions: { cancel: () => void; resume: () => void };
  private readonly trans: TranslationBundle;
}

interface ILineProps extends IHeaderState {
  cancel: () => void;
  resume: () => void;
  trans: TranslationBundle;
}

function Line(props: ILineProps): React.JSX.Element {
  const { title, story, connected, following, cancel, resume, trans } = props;
  const note = noteWords(story, connected, trans);
  const strayed = !following && runningCell(story) !== null;
  return (
    <>
      <div className="nbreduce-Watch-line">
        <strong>{title}</strong>
        <span role="status">{standing(story, trans)}</span>
        <Elapsed story={story} trans={trans} />
        <span className="nbreduce-Watch-gap" />
        {strayed && (
          <button className="jp-mod-styled jp-mod-minimal nbreduce-Watch-button" onClick={resume}>
            {trans.__('Go to the running cell')}
          </button>
        )}
        {story.standing !== null && !isOver(story) && (
          <button className="jp-mod-styled nbreduce-Watch-button" onClick={cancel}>
            {trans.__('Cancel')}
          </button>
        )}
      </div>
      {note !== '' && (
        <p className="nbreduce-Notice nbreduce-Notice-warning" role="alert">
          {note}
        </p>
      )}
    </>
  );
}

function standing(story: IStory, trans: TranslationBundle): React.ReactNode {
  if (story.standing === null) {
    return trans.__('asking how it stands…');
  }
  const { sign, word, tone } = stateWord(story.standing.state, trans);
  const progress = progressWords(story, trans);
  return (
    <>
      <span className={`nbreduce-Watch-sign nbreduce-mod-${tone}`} aria-hidden="true">
        {sign}
      </span>{' '}
      {progress === '' ? word : `${word} · ${progress}`}
    </>
  );
}

/** Counts by itself, apart from what is read out when it changes. */
function Elapsed({ story, trans }: { story: IStory; trans: TranslationBundle }): React.ReactNode {
  const counts = story.begun !== null && !isOver(story);
  const [, tick] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    if (!counts) {
      return undefined;
    }
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [counts]);
  if (story.begun === null) {
    return null;
  }
  return (
    <span className="nbreduce-Watch-elapsed" aria-label={trans.__('time since it started')}>
      {counting(elapsed(story, story.begun, Date.now()))}
    </span>
  );
}
