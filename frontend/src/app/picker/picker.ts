import { Component, ElementRef, computed, effect, inject } from '@angular/core';

import { Level } from '../../contract/pressure';
import { GLYPHS, because, distanceOf, reasonIn, signed, spoken, wayOf } from '../shared/words';
import { ScreenStore } from '../stream/screen-store';

interface Row {
  readonly id: string;
  readonly number: number;
  readonly name: string;
  readonly price: string;
  readonly away: string;
  readonly net: number | null;
  readonly said: string;
  readonly way: 'up' | 'down' | 'balanced' | null;
  /** Half of the bar's width at most, in per cent. */
  readonly width: number;
}

/** A net at the end of its bar, as in the strip. */
const FULL = 0.4;

/** The levels in use, by price from the top, each with what the last minute says of it. */
@Component({
  selector: 'app-picker',
  templateUrl: './picker.html',
  host: { class: 'picker' },
})
export class Picker {
  protected readonly store = inject(ScreenStore);
  protected readonly rows = computed(() => {
    const mid = this.store.bucket()?.market.mid ?? null;
    return this.store.levels().map((level, index) => rowOf(level, index, mid));
  });
  protected readonly absences = computed(() => this.store.hello()?.absences ?? []);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;

  constructor() {
    // arrows move the choice; where the focus is in this list, it goes along
    effect(() => {
      const id = this.store.levelId();
      if (this.host.contains(document.activeElement)) {
        setTimeout(() => this.host.querySelector<HTMLElement>(`[data-level="${id}"]`)?.focus());
      }
    });
  }
}

function rowOf(level: Level, index: number, mid: number | null): Row {
  const net = level.minute.net_60s[0];
  const dist = distanceOf(level, mid);
  return {
    id: level.level_id,
    number: index + 1,
    name: spoken(level.level_id),
    price: level.price.toFixed(2),
    // which way price would have to go
    away: dist === null ? '–' : `${dist <= 0 ? '▲' : '▼'} $${Math.abs(dist).toFixed(2)}`,
    net,
    said:
      net === null
        ? because(reasonIn(level.why, 'net_60s'))
        : `net ${GLYPHS[wayOf(net)]} ${signed(net)}`,
    way: net === null ? null : wayOf(net),
    width: net === null ? 0 : Math.min(1, Math.abs(net) / FULL) * 50,
  };
}
