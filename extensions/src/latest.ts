/** Of questions whose answers may come in any order, the one that was asked last. */
export class Latest {
  /** Ask, and give what is to be done with the answer, or the failure, unless another was asked meanwhile. */
  async ask<T>(question: () => Promise<T>, take: (answer: T) => void, fail: (error: unknown) => void): Promise<void> {
    this.turn += 1;
    const turn = this.turn;
    try {
      const answer = await question();
      if (turn === this.turn) {
        take(answer);
      }
    } catch (error) {
      if (turn === this.turn) {
        fail(error);
      }
    }
  }

  private turn = 0;
}
