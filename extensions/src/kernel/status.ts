import { Widget } from '@lumino/widgets';

/** One line above a notebook that says which kernel it has; hidden while there is nothing to say. */
export class KernelLine extends Widget {
  constructor() {
    super();
    this.addClass('nbreduce-Kernel');
    this.node.setAttribute('role', 'status');
    this.hide();
  }

  say(words: string, bad = false): void {
    this.node.textContent = words;
    this.node.title = words;
    this.toggleClass('nbreduce-Kernel-bad', bad);
    this.setHidden(words === '');
  }
}
