import { Component, computed, inject } from '@angular/core';

import { ScreenStore } from '../stream/screen-store';
import { nameOf, netOf, phaseOf, placeOf, sideOf, vacuumOf } from './words';

/** The selected level in one line of numbers and words, to be read in two seconds. */
@Component({
  selector: 'app-headline',
  templateUrl: './headline.html',
  host: { class: 'headline', 'data-testid': 'headline' },
})
export class Headline {
  private readonly store = inject(ScreenStore);

  protected readonly cells = computed(() => {
    const level = this.store.level();
    const mid = this.store.bucket()?.market.mid ?? null;
    return (
      level && {
        name: nameOf(level),
        phase: phaseOf(level),
        place: placeOf(level, mid),
        net: netOf(level),
        above: sideOf(level, 'above'),
        below: sideOf(level, 'below'),
        vacuum: vacuumOf(level),
      }
    );
  });
  protected readonly waiting = computed(() =>
    this.store.bucket() ? 'no level in use' : 'bucket not received',
  );
}
