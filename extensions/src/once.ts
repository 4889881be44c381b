/** What goes on, each thing once: who asks for it again meanwhile waits for the same end. */
export class Once<Key, Result = void> {
  do(key: Key, act: () => Promise<Result>): Promise<Result> {
    let pending = this.pending.get(key);
    if (pending === undefined) {
      pending = act().finally(() => this.pending.delete(key));
      this.pending.set(key, pending);
    }
    return pending;
  }

  private readonly pending = new Map<Key, Promise<Result>>();
}
