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

/** A button that looks like a link. */
export function Action(props: { label: string; onClick: () => void }): JSX.Element {
  return (
    <button className="nbreduce-Provenance-action" onClick={props.onClick}>
      {props.label}
    </button>
  );
}
