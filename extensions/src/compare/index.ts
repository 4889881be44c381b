import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget, Notification, WidgetTracker } from '@jupyterlab/apputils';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { LabIcon } from '@jupyterlab/ui-components';
import { type ReadonlyPartialJSONObject, UUID } from '@lumino/coreutils';

import { type Api, pathOf, wordsOf } from '../api/client.ts';
import { IConnection } from '../api/index.ts';
import type { TrialAnswer } from '../api/types.ts';
import { CATEGORY, Commands } from '../commands.ts';
import { reductionOf } from '../front.ts';
import { trialIn } from './names.ts';
import type { CompareView, ICompareServices } from './view.tsx';

const NAMESPACE = 'nbreduce-compare';

/** Two curves, one over the other. */
const compareIcon = new LabIcon({
  name: 'nbreduce:compare',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="16" fill="none">
    <path class="jp-icon3" stroke="#616161" stroke-width="1.5" d="M1 12c3 0 3-9 6-9s4 9 8 9"/>
    <path class="jp-icon3" stroke="#616161" stroke-width="1.5" stroke-dasharray="2 1.5" d="M1 13.500c4 0 5-7 8-7s3 6 6 6"/>
  </svg>`
});

/** Shows reductions side by side. */
export const compare: JupyterFrontEndPlugin<void> = {
  id: 'nbreduce-lab:compare',
  description: 'Compares reductions side by side.',
  autoStart: true,
  requires: [IConnection, IRenderMimeRegistry],
  optional: [ITranslator, ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    connection: IConnection,
    rendermime: IRenderMimeRegistry,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('nbreduce');
    const tracker = new WidgetTracker<MainAreaWidget<CompareView>>({ namespace: NAMESPACE });
    const choose = async (name: string, taken: readonly string[]): Promise<string[]> => {
      const { chooseReductions } = await import('./chooser.tsx');
      return chooseReductions(connection.api, name, taken, trans);
    };
    const services: ICompareServices = {
      rendermime,
      trans,
      choose,
      open: name => void open(app, connection.api, name)
    };
    const show = async (names: string[], id: string): Promise<void> => {
      const widget = await makeWidget(connection, names, services);
      widget.id = id;
      // JupyterLab's layout knows the view only once the tracker has it.
      await tracker.add(widget);
      widget.content.model.stateChanged.connect(() => void tracker.save(widget));
      app.shell.add(widget, 'main');
      app.shell.activateById(widget.id);
    };
    const named = (args: ReadonlyPartialJSONObject): string[] => {
      const front = reductionOf(app.shell.currentWidget);
      const given = namesIn(args);
      return given.length > 0 || front === null ? given : [front];
    };
    app.commands.addCommand(Commands.compare, {
      label: trans.__('Compare Reductions…'),
      caption: trans.__('Show what differs between reductions'),
      isEnabled: args => named(args).length > 0,
      execute: async args => {
        const names = named(args);
        const chosen = names.length === 1 ? await choose(names[0]!, []) : [];
        if (names.length + chosen.length > 1) {
          const id = typeof args.id === 'string' ? args.id : `${NAMESPACE}-${UUID.uuid4()}`;
          await show([...names, ...chosen], id);
        }
      }
    });
    palette?.addItem({ command: Commands.compare, category: CATEGORY });
    void restorer?.restore(tracker, {
      command: Commands.compare,
      // By id: which reductions a view compares changes, and JupyterLab's layout finds it by this name.
      args: ({ content, id }) => ({ names: [...content.model.names], id }),
      name: ({ id }) => id
    });
  }
};

/** Open a reduction, or the notebook of a trial's result. */
async function open(app: JupyterFrontEnd, api: Api, name: string): Promise<void> {
  const asked = trialIn(name);
  if (asked === null) {
    await app.commands.execute(Commands.open, { name });
    return;
  }
  try {
    const trial = await api.get<TrialAnswer>(`trials/${pathOf(asked.trial)}`);
    const path = trial.rows.find(row => row.run === asked.run)?.notebook;
    if (path) {
      await app.commands.execute('docmanager:open', { path });
    }
  } catch (error) {
    Notification.error(wordsOf(error), { autoClose: 8000 });
  }
}

async function makeWidget(
  connection: IConnection,
  names: string[],
  services: ICompareServices
): Promise<MainAreaWidget<CompareView>> {
  const [{ CompareModel }, { CompareView }] = await Promise.all([import('./model.ts'), import('./view.tsx')]);
  const content = new CompareView(new CompareModel(connection, names), services);
  const widget = new MainAreaWidget({ content });
  widget.toolbar.hide();
  widget.title.closable = true;
  widget.title.icon = compareIcon;
  const label = (): void => {
    const { comparison, names } = content.model;
    const known = comparison.state === 'there' ? comparison.value.reductions : [];
    const words = known.length > 0 ? known.map(one => one.label) : names;
    widget.title.label = services.trans.__('Compare %1', words.join(', '));
    widget.title.caption = names.join('\n');
  };
  label();
  content.model.stateChanged.connect(label);
  return widget;
}

/** The reductions that a caller names: `{ name }` or `{ names }`. */
function namesIn({ name, names }: ReadonlyPartialJSONObject): string[] {
  const given = Array.isArray(names) ? names : [name];
  return [...new Set(given.filter((one): one is string => typeof one === 'string'))];
}
