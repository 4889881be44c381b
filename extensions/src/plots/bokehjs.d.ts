/** The part of BokehJS that is used here; its own declarations take minutes to check. */
declare module '@bokeh/bokehjs/build/js/lib/main' {
  export interface IModel {
    readonly id: string;
    readonly type: string;
    readonly tags: unknown[];
    readonly document: IDocument | null;
    references(): Set<IModel>;
    setv(values: Record<string, unknown>): void;
  }
  export interface IRange {
    start: number;
    end: number;
  }
  export interface IFigureModel extends IModel {
    x_range: IRange;
    y_range: IRange;
    background_fill_color: string;
  }
  export interface IDocument {
    clear(): void;
  }
  export interface IView {
    readonly model: IModel;
    remove(): void;
  }
  export interface IViews {
    readonly roots: IView[];
  }
  export const version: string;
  export const documents: IDocument[];
  export const embed: {
    embed_item(item: { root_id: string; doc: unknown }, target: HTMLElement): Promise<IViews>;
  };
}
declare module '@bokeh/bokehjs/build/js/lib/models/widgets/main';
