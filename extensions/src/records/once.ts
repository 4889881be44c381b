/** Takes what is asked for again while it goes on for what goes on already. */
export class Once<T> {
  do(name: string, begin: () => Promise<T>): Promise<T> {
    const going = this.going.get(name) ?? begin().finally(() => this.going.delete(name));
    this.going.set(name, going);
    return going;
  }

  private readonly going = new Map<string, Promise<T>>();
}
