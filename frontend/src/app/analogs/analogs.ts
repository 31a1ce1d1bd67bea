import { Component, computed, inject } from '@angular/core';

import { Card } from '../../contract/pressure';
import { Look } from '../shared/look';
import { clockOf, spoken } from '../shared/words';
import { ScreenStore } from '../stream/screen-store';
import { addressOfCard, endOf, footingOf, minutes, rowsOf, titleOfCard } from './outcome';

/** How past setups like the level's last touch ended, with all that says how much that is worth. */
@Component({
  selector: 'app-analogs',
  templateUrl: './analogs.html',
  host: { class: 'analogs', 'data-testid': 'analogs' },
})
export class AnalogsPanel {
  protected readonly look = inject(Look);
  private readonly store = inject(ScreenStore);

  protected readonly analogs = this.store.analogs;
  private readonly index = computed(
    () => this.look.horizon() % Math.max(this.analogs()?.horizons.length ?? 0, 1),
  );
  protected readonly horizon = computed(() => this.analogs()?.horizons[this.index()] ?? null);
  protected readonly rows = computed(() => rowsOf(this.horizon()));
  protected readonly footing = computed(() => footingOf(this.analogs(), this.horizon()));
  protected readonly subject = computed(() => {
    const analogs = this.analogs();
    if (!analogs?.touched_at) {
      return '';
    }
    const at = this.clock(analogs.touched_at);
    return `touch of ${at}, ${analogs.wait_s ?? 0} s later`;
  });
  protected readonly cards = computed(() =>
    (this.analogs()?.cards ?? []).map((card) => ({
      card,
      href: addressOfCard(card),
      title: titleOfCard(card, this.index(), this.clock(card.touched_at)),
      clock: this.clock(card.touched_at),
      end: endOf(card, this.index()),
      level: spoken(card.level_id),
    })),
  );
  protected readonly minutes = minutes;

  protected track(card: Card): string {
    return `${card.session} ${card.touched_at} ${card.level_id}`;
  }

  private clock(iso: string): string {
    return clockOf(iso, this.store.hello()?.timezone ?? 'America/New_York', false);
  }
}
