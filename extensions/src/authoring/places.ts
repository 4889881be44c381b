/** A template by its instrument and name. */
export interface ITemplate {
  instrument: string;
  name: string;
}

/** The template that is a notebook at a path of Jupyter's contents; null where none can be. */
export function templateAt(path: string, folder: string | null | undefined): ITemplate | null {
  if (folder === null || folder === undefined) {
    return null;
  }
  // The workspace may itself be Jupyter's root; a path may begin with a drive's name.
  const prefix = folder === '' || folder === '.' ? '' : `${folder}/`;
  const local = path.slice(path.indexOf(':') + 1).replace(/^\/+/, '');
  if (!local.startsWith(prefix)) {
    return null;
  }
  const [instrument, file, ...deeper] = local.slice(prefix.length).split('/');
  if (!instrument || !file || deeper.length > 0 || instrument.startsWith('.') || file.startsWith('.')) {
    return null;
  }
  return file.endsWith('.ipynb') ? { instrument, name: file.slice(0, -'.ipynb'.length) } : null;
}

export function labelOf(template: ITemplate): string {
  return `${template.instrument}/${template.name}`;
}
