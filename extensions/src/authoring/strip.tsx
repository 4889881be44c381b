import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

import { Commands } from '../commands.ts';
import type { IStanding, TemplateAuthor } from './author.ts';
import { labelOf } from './places.ts';
import { byCell, sentence, severityWord, summary } from './problems.ts';

// Pixels; what does not fit can be scrolled to.
const LARGEST = 220;

/** The line above a template's cells: what it is, what can be done with it, what the check says. */
export class TemplateStrip extends ReactWidget {
  constructor(author: TemplateAuthor, commands: CommandRegistry, trans: TranslationBundle) {
    super();
    this.author = author;
    this.commands = commands;
    this.trans = trans;
    this.addClass('nbreduce-TemplateStrip');
  }

  readonly author: TemplateAuthor;

  override dispose(): void {
    this.author.dispose();
    super.dispose();
  }

  protected override render(): React.JSX.Element {
    return (
      <UseSignal signal={this.author.changed}>
        {() => (
          <Measured tell={height => this.take(height)}>
            <div className="nbreduce-TemplateStrip-line" role="toolbar" aria-label={this.trans.__('Template')}>
              <span className="nbreduce-Badge">{this.trans.__('template')}</span>
              <span className="nbreduce-TemplateStrip-name">{labelOf(this.author.template)}</span>
              <span className="nbreduce-TemplateStrip-version">
                {versionWords(this.author.standing, this.trans)}
              </span>
              {this.button(Commands.checkTemplate)}
              {this.button(Commands.tryOnRun)}
              {this.button(Commands.tryOnLast)}
              {this.button(Commands.publishTemplate)}
            </div>
            <Verdict
              standing={this.author.standing}
              trans={this.trans}
              next={this.author.marks.count > 0 ? this.button(Commands.nextProblem) : null}
            />
          </Measured>
        )}
      </UseSignal>
    );
  }

  /** A box layout gives a widget the height that its style asks for, whatever is in it. */
  private take(height: number): void {
    this.node.style.minHeight = `${Math.min(height, LARGEST)}px`;
    this.parent?.fit();
  }

  private button(command: string): React.JSX.Element {
    return (
      <button
        className="jp-mod-styled jp-mod-minimal nbreduce-Button"
        data-command={command}
        disabled={this.author.standing.checking && command === Commands.checkTemplate}
        title={this.commands.caption(command)}
        onClick={() => void this.commands.execute(command)}
      >
        {this.commands.label(command)}
      </button>
    );
  }

  private readonly commands: CommandRegistry;
  private readonly trans: TranslationBundle;
}

interface IMeasured {
  tell: (height: number) => void;
  children: React.ReactNode;
}

/** Tells its height, in pixels, whenever that changes. */
function Measured({ tell, children }: IMeasured): React.JSX.Element {
  const element = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    const observer = new ResizeObserver(() => tell(element.current?.offsetHeight ?? 0));
    if (element.current !== null) {
      observer.observe(element.current);
    }
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={element} className="nbreduce-TemplateStrip-body">
      {children}
    </div>
  );
}

interface IVerdict {
  standing: IStanding;
  trans: TranslationBundle;
  next: React.JSX.Element | null;
}

function Verdict({ standing, trans, next }: IVerdict): React.JSX.Element {
  const problems = standing.answer?.problems ?? [];
  const whole = byCell(problems).get(null) ?? [];
  const bad = standing.trouble !== '' || (standing.answer?.errors ?? 0) > 0;
  const words = verdictWords(standing, trans);
  return (
    <>
      <div className="nbreduce-TemplateStrip-line" role="status" data-tone={bad ? 'bad' : 'good'}>
        {words !== '' && <span className="nbreduce-TemplateStrip-verdict">{words}</span>}
        {next}
      </div>
      {whole.map((problem, index) => (
        <p key={index} className={`nbreduce-Notice nbreduce-Notice-${problem.severity}`}>
          <strong>{severityWord(problem, trans)}</strong> {sentence(problem, trans)}
        </p>
      ))}
    </>
  );
}

function verdictWords(standing: IStanding, trans: TranslationBundle): string {
  if (standing.checking) {
    return trans.__('Checking…');
  }
  if (standing.trouble !== '') {
    return trans.__('Not checked: %1', standing.trouble);
  }
  if (standing.answer === null) {
    return '';
  }
  const words = summary(standing.answer.problems, trans);
  return standing.edited ? trans.__('%1 (edited since; check again)', words) : words;
}

function versionWords({ versions }: IStanding, trans: TranslationBundle): string {
  const newest = versions?.versions[0];
  if (versions === null) {
    return '';
  }
  if (newest === undefined) {
    return trans.__('not published yet');
  }
  return versions.changed
    ? trans.__('changed since version %1', newest.version)
    : trans.__('published as version %1', newest.version);
}
