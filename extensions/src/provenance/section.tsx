import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** A part of the sidebar that can be folded. */
export function Section(props: {
  title: string;
  isFolded?: boolean;
  onOpen?: () => void;
  children: React.ReactNode;
}): JSX.Element {
  return (
    <details
      open={!props.isFolded}
      onToggle={event => {
        if (event.currentTarget.open) {
          props.onOpen?.();
        }
      }}
    >
      <summary>{props.title}</summary>
      <div className="nbreduce-Provenance-content">{props.children}</div>
    </details>
  );
}

/** Names and what they stand for; what is null or empty is left out. */
export function Facts({ facts }: { facts: [string, React.ReactNode][] }): JSX.Element {
  return (
    <dl>
      {facts
        .filter(([, value]) => value !== null && value !== '')
        .map(([name, value]) => (
          <React.Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </React.Fragment>
        ))}
    </dl>
  );
}

/** Why something cannot be shown, and a button that tries again; nothing where it can. */
export function Trouble(props: {
  words: string;
  onRetry?: () => void;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { words, onRetry, trans } = props;
  return words === '' ? null : (
    <p role="alert" className="nbreduce-Notice nbreduce-Notice-error">
      {words}{' '}
      {onRetry && (
        <button className="jp-mod-styled" onClick={onRetry}>
          {trans.__('Try again')}
        </button>
      )}
    </p>
  );
}

/** A button that looks like a link. */
export function Action(props: { label: string; onClick: () => void }): JSX.Element {
  return (
    <button className="nbreduce-Provenance-action" onClick={props.onClick}>
      {props.label}
    </button>
  );
}
