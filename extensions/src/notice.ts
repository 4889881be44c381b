/** A sentence in an output, in JupyterLab's colours. */

export type Severity = 'info' | 'warning' | 'error';

/** An element that says something to the reader; the text is never read as HTML. */
export function notice(text: string, severity: Severity): HTMLElement {
  const node = document.createElement('p');
  node.className = `nbreduce-Notice nbreduce-Notice-${severity}`;
  node.setAttribute('role', severity === 'error' ? 'alert' : 'note');
  node.textContent = text;
  return node;
}
