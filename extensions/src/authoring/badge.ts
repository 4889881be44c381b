import { DirListing } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

const BADGE = 'nbreduce-mod-template';

/**
 * Give templates a badge in every file browser.
 *
 * A file type cannot do it: JupyterLab finds it by a file's name alone, and what makes a template is its folder. File
 * browsers without a renderer of their own share the default one, so this adds to what that does with an item.
 */
export function badgeTemplates(isTemplate: (path: string) => boolean, trans: TranslationBundle): void {
  const renderer = DirListing.defaultRenderer;
  const update = renderer.updateItemNode.bind(renderer);
  renderer.updateItemNode = (node: HTMLElement, model: Contents.IModel, ...rest) => {
    update(node, model, ...rest);
    const marked = isTemplate(model.path);
    node.classList.toggle(BADGE, marked);
    const name = node.querySelector<HTMLElement>('.jp-DirListing-itemText');
    if (name !== null && marked) {
      // Short, since names are cut where the column ends.
      name.dataset['nbreduceBadge'] = trans._p('badge of a template', 'T');
      name.setAttribute('aria-description', trans.__('template'));
      const words = trans.__('A template: new runs are reduced by it');
      // The title stays from before where nothing of the item changed.
      node.title = node.title.endsWith(words) ? node.title : `${node.title}\n${words}`;
    } else {
      name?.removeAttribute('aria-description');
    }
  };
}
