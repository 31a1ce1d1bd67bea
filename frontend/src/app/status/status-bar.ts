import { Component, computed, inject } from '@angular/core';

import { Keys } from '../keys/keys';
import { Look } from '../shared/look';
import { Theme } from '../shared/theme';
import { because, cityOf, clockOf, reasonIn } from '../shared/words';
import { SPEEDS, ScreenStore } from '../stream/screen-store';
import { Health, healthOf, qualityOf } from './status';

/** The top line: product, clock, price, what is played, and whether it can be trusted. */
@Component({
  selector: 'app-status-bar',
  templateUrl: './status-bar.html',
  host: { class: 'status-bar' },
})
export class StatusBar {
  protected readonly store = inject(ScreenStore);
  protected readonly keys = inject(Keys);
  protected readonly look = inject(Look);
  protected readonly theme = inject(Theme);
  /** An address or the command may ask for one that is not offered. */
  protected readonly speeds = computed(() => [...new Set([...SPEEDS, this.store.speed()])]);

  protected readonly clock = computed(() => {
    const end = this.store.bucket()?.bucket_end;
    const timezone = this.store.hello()?.timezone ?? 'America/New_York';
    return `${end ? clockOf(end, timezone) : '--:--:--'} ${cityOf(timezone)}`;
  });
  protected readonly price = computed(() => {
    const market = this.store.bucket()?.market;
    return market?.mid?.toFixed(2) ?? (market ? because(reasonIn(market.why, 'mid')) : '–');
  });
  protected readonly mode = computed(() => this.store.hello()?.mode.toUpperCase() ?? '');
  protected readonly isReplay = computed(() => this.store.hello()?.mode !== 'live');
  protected readonly health = computed(() => healthOf(this.facts()));
  protected readonly quality = computed(() => qualityOf(this.facts()));

  private readonly facts = computed<Health>(() => ({
    isConnected: this.store.isConnected(),
    isStale: this.store.isStale(),
    silentMs: this.store.silentMs(),
    ageMs: this.store.ageMs(),
    isPaused: this.store.isPaused(),
    isHeld: this.store.isHeld(),
    hasEnded: this.store.hasEnded(),
    hello: this.store.hello(),
    heartbeat: this.store.heartbeat(),
    quality: this.store.bucket()?.quality ?? null,
    refusal: this.store.refusal(),
    missed: this.store.missed(),
  }));

  protected openSession(event: Event): void {
    const session = (event.target as HTMLSelectElement).value;
    location.search = new URLSearchParams({ session }).toString();
  }

  protected setSpeed(event: Event): void {
    this.store.setSpeed((event.target as HTMLSelectElement).value);
  }
}
