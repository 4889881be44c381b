import * as React from 'react';

import { stateWord } from '../words/states.ts';
import { duration, exactly } from '../words/times.ts';
import type { IShown } from './model.ts';
import type { ISectionProps } from './panel.tsx';
import { Action, Section, Trouble } from './section.tsx';
import type { Attempt } from './types.ts';
import { plainText } from './words.ts';

type Props = ISectionProps & { shown: IShown };

/** Attempts, and how long each cell took. */
export function Course({ shown, actions, trans }: Props): JSX.Element {
  const { reduction } = shown.answer;
  const attempts = reduction.attempts ?? [];
  const timings = reduction.timings ?? [];
  return (
    <Section title={trans.__('Attempts and timings')}>
      {attempts.length === 0 && <p>{trans.__('Not begun yet.')}</p>}
      <ol>
        {attempts.map(one => (
          <AttemptLine key={one.number} attempt={one} trans={trans} />
        ))}
      </ol>
      {timings.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">{trans.__('Cell')}</th>
              <th scope="col">{trans.__('Took')}</th>
              <th scope="col">{trans.__('Ended')}</th>
            </tr>
          </thead>
          <tbody>
            {timings.map(one => (
              <tr key={one.cell}>
                <td>
                  <Action
                    label={trans.__('Cell %1', one.cell)}
                    onClick={() => actions.showCell(one.cell)}
                  />
                </td>
                <td>{one.seconds === null ? '' : `${one.seconds.toFixed(2)} s`}</td>
                <td>{cellWord(one.status, trans)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}

function AttemptLine({ attempt, trans }: { attempt: Attempt } & Pick<Props, 'trans'>): JSX.Element {
  const { ended, outcome, reason, started, worker } = attempt;
  const took = started && ended ? duration(Date.parse(ended) - Date.parse(started)) : '';
  const outcomeWord = outcome
    ? stateWord(outcome as Parameters<typeof stateWord>[0], trans).word
    : trans.__('at work');
  return (
    <li title={exactly(attempt.submitted)}>
      {[outcomeWord, took, worker && trans.__('on %1', worker), reason].filter(Boolean).join(' · ')}
    </li>
  );
}

function cellWord(status: string, trans: Props['trans']): string {
  switch (status) {
    case 'completed':
      return trans.__('well');
    case 'failed':
      return trans.__('with an error');
    case 'pending':
      return trans.__('not run');
    default:
      return status;
  }
}

/** What it wrote to its log; follows while it runs. */
export function Log({ model, trans }: ISectionProps): JSX.Element {
  const { log, troubles } = model;
  const read = (): void => void model.readLog();
  return (
    <Section title={trans.__('Log')} isFolded={true} onOpen={read}>
      <Trouble words={troubles.log} onRetry={read} trans={trans} />
      {log === null ? (
        troubles.log === '' && <p role="status">{trans.__('Reading the log…')}</p>
      ) : (
        <>
          {log.isCut && <p>{trans.__('Only the end is shown; all of it is in execution.log.')}</p>}
          <LogText text={plainText(log.text) || trans.__('Nothing was written yet.')} />
        </>
      )}
    </Section>
  );
}

/** Stays at the end as the text grows, unless the reader has scrolled away from it. */
function LogText({ text }: { text: string }): JSX.Element {
  const node = React.useRef<HTMLPreElement>(null);
  const isAtEnd = React.useRef(true);
  React.useLayoutEffect(() => {
    if (node.current !== null && isAtEnd.current) {
      node.current.scrollTop = node.current.scrollHeight;
    }
  }, [text]);
  return (
    <pre
      ref={node}
      tabIndex={0}
      role="log"
      onScroll={({ currentTarget: { clientHeight, scrollHeight, scrollTop } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < 20;
      }}
    >
      {text}
    </pre>
  );
}
