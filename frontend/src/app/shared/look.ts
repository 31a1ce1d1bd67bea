import { Injectable, signal } from '@angular/core';

import type { ExpirySet } from '../hedging/hedging';
import type { HeatMode } from '../heat/heat';
import { CHANGES, Change } from '../strip/strip';

/** How the screen is looked at: what the reader chose, beside session and level. */
@Injectable({ providedIn: 'root' })
export class Look {
  readonly heat = signal<HeatMode>('lean');
  readonly change = signal<Change>('c30s');
  readonly set = signal<ExpirySet>('0dte');
  /** Which of the forecast's horizons. */
  readonly horizon = signal(0);
  readonly isHelpOpen = signal(false);

  turnHeat(): void {
    this.heat.update((mode) => (mode === 'lean' ? 'wall' : 'lean'));
  }

  turnChange(): void {
    this.change.update((change) => CHANGES[(CHANGES.indexOf(change) + 1) % CHANGES.length] ?? 'd1');
  }

  turnSet(): void {
    this.set.update((set) => (set === '0dte' ? 'all' : '0dte'));
  }

  turnHorizon(): void {
    this.horizon.update((horizon) => horizon + 1);
  }
}
