import { type IStanding, isOver } from './follow.ts';
import type { RerunModel } from './model.ts';

/** Call back once, when a rerun that was filed has ended. */
export function whenOver(model: RerunModel, told: (standing: IStanding) => void): void {
  let done = false;
  const look = (): void => {
    const standing = model.follower?.standing;
    if (standing && isOver(standing) && !done) {
      done = true;
      told(standing);
    }
  };
  model.changed.connect(() => {
    const { follower } = model;
    if (follower !== null) {
      follower.changed.connect(look);
      look();
    }
  });
}
