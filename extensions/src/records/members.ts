/** The getter of a property, wherever in the object's ancestry it stands, bound to the object. */
export function getter<T>(object: object, name: string): () => T {
  for (let owner: object | null = object; owner !== null; owner = Object.getPrototypeOf(owner)) {
    const get = Object.getOwnPropertyDescriptor(owner, name)?.get;
    if (get !== undefined) {
      return get.bind(object) as () => T;
    }
  }
  throw new Error(`This JupyterLab has no getter ${name}.`);
}
